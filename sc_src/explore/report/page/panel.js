// SPDX-License-Identifier: Apache-2.0
// The selected point: values, configuration to copy, layers.
'use strict';

const make_panel = (model, charts) => {
  const { state } = model;
  const element = (id) => document.getElementById(id);
  const make = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  };

  function values(title, entries) {
    if (entries.length === 0) return [];
    const list = make('dl', undefined, 'values');
    for (const [name, value, more] of entries) {
      const term = make('dt', name);
      if (more) term.title = more;
      list.append(term, make('dd', value));
    }
    return [make('h3', title), list];
  }

  function column_entries(columns, point) {
    const spread = point.spread || {};
    return columns.map((column) => {
      const value = column.values[point.index];
      const wide = spread[column.key];
      const text = column.text(value) + (column.kind === 'm' && typeof wide === 'number' && value !== null ? ` ± ${format.quantity(Number(wide.toPrecision(2)), column.unit)}` : '');
      return [column.label, text, column.key];
    });
  }

  async function copy(text, box, says) {
    try {
      await navigator.clipboard.writeText(text);
      says.textContent = 'Copied.';
    } catch {
      // A browser may refuse access to the clipboard. The text is then selected, so that one key press copies
      // it.
      const range = document.createRange();
      range.selectNodeContents(box);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      says.textContent = 'Selected: copy with Ctrl+C.';
    }
  }

  function config_part(point) {
    if (!point.config_toml) return [];
    const title = make('h3', 'Configuration');
    const button = make('button', 'Copy configuration');
    button.type = 'button';
    button.id = 'copy';
    const says = make('span', '', 'says');
    says.setAttribute('role', 'status');
    const box = make('pre', point.config_toml);
    box.id = 'config';
    box.tabIndex = 0;
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', 'Configuration of the selected point');
    button.addEventListener('click', () => copy(point.config_toml, box, says));
    const bar = make('div', undefined, 'controls');
    bar.append(button, says);
    return [title, make('p', 'Save it as a file and run it with irc run FILE.', 'note'), bar, box];
  }

  /** The numbers of the bars as a table, for reading and copying. */
  function layer_table(layers) {
    const names = [...new Set(layers.flatMap((layer) => [...layer.energy.keys()]))];
    const details = make('details');
    details.append(make('summary', 'Layers as a table'));
    const frame = make('div', undefined, 'table-frame low');
    const table = make('table');
    const head = table.createTHead().insertRow();
    for (const name of ['Layer', 'Cycles', 'Time', 'Energy', ...names]) {
      const cell = make('th', name);
      cell.scope = 'col';
      head.append(cell);
    }
    const body = table.createTBody();
    for (const layer of layers) {
      const row = body.insertRow();
      const sum = [...layer.energy.values()].reduce((total, joules) => total + (joules || 0), 0);
      const cell = make('th', layer.name);
      cell.scope = 'row';
      row.append(cell);
      const texts = [format.quantity(layer.cycles, '1'), format.quantity(layer.latency, 's'), format.quantity(sum, 'J'),
        ...names.map((name) => format.quantity(layer.energy.get(name) || 0, 'J'))];
      for (const text of texts) row.append(make('td', text, 'number'));
    }
    frame.tabIndex = 0;
    frame.setAttribute('role', 'region');
    frame.setAttribute('aria-label', 'Layers of the selected point');
    frame.append(table);
    details.append(frame);
    return details;
  }

  function layer_part(point) {
    const part = make('div');
    part.id = 'layers';
    const chart = (id, title) => {
      const box = make('div');
      box.id = `${id}-part`;
      const place = make('div', undefined, 'chart free');
      place.id = id;
      place.setAttribute('role', 'img');
      place.setAttribute('aria-label', `${title}; the same numbers are in the table of layers`);
      box.append(make('h3', title), place);
      return box;
    };
    part.append(chart('layer-energy', 'Energy per layer'), chart('layer-cycles', 'Cycles per layer'));
    if (point.layers.length) part.append(layer_table(point.layers));
    return part;
  }

  function draw() {
    const point = state.selected;
    element('point-body').hidden = !point;
    element('point-hint').hidden = Boolean(point);
    element('to-point').hidden = !point;
    if (!point) return;
    element('point-heading').textContent = `Point ${point.short}`;
    element('to-point').textContent = `Point ${point.short}: to its details`;
    const badges = make('p', undefined, 'badges');
    badges.append(make('span', point.status, `badge ${point.status}`));
    if (point.on_front) badges.append(make('span', 'on the front', 'badge front'));
    badges.append(make('code', point.id));
    const parts = [badges];
    if (point.error) parts.push(make('p', point.error, 'notice'));
    parts.push(...values('Metrics', Object.keys(point.metrics).length ? column_entries(model.metrics, point) : []));
    parts.push(...values('Parameters', column_entries(model.parameters, point)));
    parts.push(...values('Fidelity', Object.entries(point.fidelity || {}).map(([name, value]) => [name, format.quantity(value, '1')])));
    parts.push(...config_part(point));
    parts.push(layer_part(point));
    if (!point.layers.length && model.data.layers_of_front_only && point.status === 'done') {
      parts.push(make('p', 'To keep this page small, it holds the layers of the points on the front only.', 'note'));
    }
    charts.forget_layers();
    element('point-body').replaceChildren(...parts);
    charts.draw_layers();
    element('announce').textContent = `Point ${point.short} selected, ${point.status}${point.on_front ? ', on the front' : ''}.`;
  }

  return { draw };
};
