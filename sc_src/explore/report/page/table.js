// SPDX-License-Identifier: Apache-2.0
// The table of points, which column buttons sort and the arrow keys walk through.
'use strict';

const make_table = (model) => {
  const table = document.getElementById('table');
  const { state } = model;
  const status_order = ['done', 'infeasible', 'failed'];
  const columns = [
    { title: 'Point', id: 'id', text: (point) => point.short, rank: (point) => point.id },
    { title: 'Status', id: 'status', text: (point) => point.status, rank: (point) => status_order.indexOf(point.status) },
    { title: 'Front', id: 'front', text: (point) => (point.on_front ? '● front' : ''), rank: (point) => (point.on_front ? 0 : 1) },
    ...model.columns.map((column) => ({
      title: column.title,
      id: column.id,
      number: !column.is_category,
      text: (point) => column.text(column.values[point.index]),
      rank: (point) => column.values[point.index],
    })),
  ];
  const sort = { id: 'front', down: false };
  const rows = new Map();
  const heads = new Map();
  let order = [];

  function head_cell(column) {
    const cell = document.createElement('th');
    cell.scope = 'col';
    if (column.number) cell.className = 'number';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = column.title;
    button.dataset.column = column.id;
    button.addEventListener('click', () => {
      sort.down = sort.id === column.id ? !sort.down : false;
      sort.id = column.id;
      arrange();
    });
    cell.append(button);
    heads.set(column.id, cell);
    return cell;
  }

  function body_row(point) {
    const row = document.createElement('tr');
    row.tabIndex = -1;
    row.dataset.point = point.id;
    row.className = point.status;
    columns.forEach((column, i) => {
      const cell = document.createElement(i === 0 ? 'th' : 'td');
      if (i === 0) cell.scope = 'row';
      if (column.number) cell.className = 'number';
      cell.textContent = column.text(point);
      row.append(cell);
    });
    rows.set(point, row);
    return row;
  }

  /** Sorts by the chosen column. Points without a value come last in both directions. */
  function arrange() {
    const { rank } = columns.find((column) => column.id === sort.id);
    const compare = (a, b) => {
      const [left, right] = [rank(a), rank(b)];
      if (left === null || right === null) return (left === null) - (right === null);
      const difference = left < right ? -1 : left > right ? 1 : 0;
      return (sort.down ? -difference : difference) || a.index - b.index;
    };
    order = [...model.points].sort(compare);
    body.append(...order.map((point) => rows.get(point)));
    for (const [id, cell] of heads) {
      if (id === sort.id) cell.setAttribute('aria-sort', sort.down ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    }
    make_reachable();
  }

  const visible = () => order.filter((point) => !rows.get(point).hidden);

  /** The Tab key reaches one row, which is the selected or else the first. The arrow keys reach the others. */
  function make_reachable() {
    const list = visible();
    const entry = list.includes(state.selected) ? state.selected : list[0];
    for (const [point, row] of rows) row.tabIndex = point === entry ? 0 : -1;
  }

  function filter() {
    for (const [point, row] of rows) row.hidden = !model.is_shown(point);
    make_reachable();
  }

  function mark() {
    for (const [point, row] of rows) row.setAttribute('aria-selected', String(point === state.selected));
    make_reachable();
    const row = rows.get(state.selected);
    // Only the table's own frame scrolls, so the page stays where the reader is.
    const frame = table.parentElement;
    if (row && !row.hidden && document.activeElement !== row) {
      frame.scrollTop = row.offsetTop - frame.clientHeight / 2;
    }
  }

  const point_of = (target) => {
    const row = target.closest('tbody tr');
    return row && model.points.find((point) => point.id === row.dataset.point);
  };

  function key(event) {
    const point = point_of(event.target);
    if (!point) return;
    const list = visible();
    const at = list.indexOf(point);
    const page = 10;
    const goal = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: list.length - 1 }[event.key];
    if (goal !== undefined) {
      event.preventDefault();
      const row = rows.get(list[Math.min(list.length - 1, Math.max(0, goal))]);
      rows.get(point).tabIndex = -1;
      row.tabIndex = 0;
      row.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      model.select(point);
    }
  }

  const head = table.createTHead().insertRow();
  head.append(...columns.map(head_cell));
  const body = table.createTBody();
  model.points.forEach(body_row);
  table.setAttribute('aria-rowcount', String(model.points.length + 1));
  body.addEventListener('click', (event) => {
    const point = point_of(event.target);
    if (point) model.select(point);
  });
  body.addEventListener('keydown', key);
  arrange();
  mark();
  return { filter, mark };
};
