// SPDX-License-Identifier: Apache-2.0
// Builds the page: heading, choice of axes, filters, theme.
'use strict';

(() => {
  const element = (id) => document.getElementById(id);
  const make = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  };

  const data = JSON.parse(element('data').textContent);
  const model = make_model(data);
  const charts = make_charts(model);
  const table = make_table(model);
  const panel = make_panel(model, charts);
  const { experiment, state } = model;

  function heading() {
    element('experiment-name').textContent = experiment.name;
    element('title').textContent = experiment.title || experiment.name;
    element('description').textContent = experiment.description || '';
    const counts = ['done', 'infeasible', 'failed'].map((status) => `${model.points.filter((point) => point.status === status).length} ${status}`);
    const goals = model.metrics.filter((column) => column.goal !== 'none').map((column) => column.title);
    const facts = [
      ['Points', `${model.points.length}: ${counts.join(', ')}`],
      ['On the front', String(model.points.filter((point) => point.on_front).length)],
      ['Objectives', goals.join(', ')],
      ['Constraints', (experiment.constraints || []).join('; ')],
      ['Strategy', experiment.strategy],
      ['Seed', experiment.seed === undefined ? '' : String(experiment.seed)],
      ['Model', experiment.model],
      ['Experiment file', data.created_from],
      ['ircsim', data.irc_version],
    ];
    for (const [name, value] of facts) {
      if (!value) continue;
      const pair = make('div');
      pair.append(make('dt', name), make('dd', value));
      element('facts').append(pair);
    }
    element('footer').textContent = `Made by ircsim ${data.irc_version || ''} with Apache ECharts. Everything is in this file; it loads nothing.`;
  }

  function option_groups(select, with_none) {
    if (with_none) select.append(new Option('nothing', ''));
    for (const [kind, title] of [['m', 'Metrics'], ['p', 'Parameters'], ['f', 'Fidelity']]) {
      const columns = model.columns.filter((column) => column.kind === kind);
      if (columns.length === 0) continue;
      const group = make('optgroup');
      group.label = title;
      group.append(...columns.map((column) => new Option(column.title, column.id)));
      select.append(group);
    }
  }

  function choice_of_axes() {
    // The first two objectives are shown first. An experiment without objectives shows what it has.
    const goals = model.columns.filter((column) => column.goal !== 'none' && column.kind === 'm');
    const others = model.columns.filter((column) => !goals.includes(column)).sort((a, b) => (b.kind === 'm') - (a.kind === 'm'));
    const [y, x] = [...goals, ...others];
    for (const [side, column] of [['x', x || y], ['y', y]]) {
      const select = element(`${side}-axis`);
      const log = element(`${side}-log`);
      option_groups(select, false);
      const choose = (chosen) => {
        charts.scatter[side] = chosen;
        charts.scatter[`${side}_log`] = chosen.prefers_log;
        log.checked = chosen.prefers_log;
        log.disabled = !chosen.can_log;
      };
      select.value = column.id;
      choose(column);
      select.addEventListener('change', () => { choose(model.by_id.get(select.value)); charts.draw_scatter(); });
      log.addEventListener('change', () => { charts.scatter[`${side}_log`] = log.checked; charts.draw_scatter(); });
    }
    const colour = element('colour');
    option_groups(colour, true);
    const first = model.parameters.find((column) => column.varies) || null;
    colour.value = first ? first.id : '';
    charts.set_colour(first);
    colour.addEventListener('change', () => {
      charts.set_colour(model.by_id.get(colour.value) || null);
      charts.draw_scatter();
      charts.draw_parallel();
    });
    element('fit').addEventListener('change', (event) => { charts.scatter.fit = event.target.checked; charts.draw_scatter(); });
    element('save-scatter').addEventListener('click', charts.save_scatter);
  }

  // --- filters --------------------------------------------------------------------------------------------

  function tick_box(text, edit) {
    const label = make('label', undefined, 'check');
    const box = make('input');
    box.type = 'checkbox';
    box.checked = true;
    box.addEventListener('change', () => model.change(() => edit(box.checked)));
    label.append(box, ` ${text}`);
    return label;
  }

  function tick_filter(title, texts, edit) {
    const set = make('fieldset');
    set.append(make('legend', title));
    const list = make('div', undefined, 'ticks');
    list.append(...texts.map((text, i) => tick_box(text, (on) => edit(i, on))));
    set.append(list);
    return set;
  }

  function range_filter(column) {
    const set = make('fieldset');
    set.append(make('legend', column.label));
    const inputs = ['from', 'to'].map((name) => {
      const label = make('label');
      const input = make('input');
      input.type = 'text';
      input.size = 8;
      input.autocomplete = 'off';
      input.placeholder = column.text(name === 'from' ? column.min : column.max);
      input.dataset.filter = `${column.id}:${name}`;
      label.append(`${name} `, input);
      set.append(label);
      return input;
    });
    const read = (input) => {
      if (input.value.trim() === '') return null;
      return format.parse(input.value, column.unit);
    };
    const update = () => {
      const bounds = inputs.map(read);
      inputs.forEach((input, i) => {
        input.setAttribute('aria-invalid', String(Number.isNaN(bounds[i])));
        input.title = Number.isNaN(bounds[i]) ? `No number: write it like ${column.text(column.max)}` : '';
      });
      // A bound that is no number is marked and ignored. The other bound still counts.
      const [low, high] = bounds.map((bound) => (Number.isNaN(bound) ? null : bound));
      model.change(({ ranges }) => {
        if (low === null && high === null) ranges.delete(column.id);
        else ranges.set(column.id, [low, high]);
      });
    };
    inputs.forEach((input) => input.addEventListener('change', update));
    return set;
  }

  function filters() {
    const grid = element('filter-grid');
    if (model.statuses.length > 1) {
      grid.append(tick_filter('Status', model.statuses, (i, on) => {
        if (on) state.statuses.add(model.statuses[i]);
        else state.statuses.delete(model.statuses[i]);
      }));
    }
    for (const column of model.columns.filter((candidate) => candidate.varies)) {
      if (!column.is_category) {
        grid.append(range_filter(column));
        continue;
      }
      grid.append(tick_filter(column.label, column.names, (i, on) => {
        const hidden = state.names.get(column.id) || new Set();
        if (on) hidden.delete(i);
        else hidden.add(i);
        state.names.set(column.id, hidden);
      }));
    }
    element('front-only').addEventListener('change', (event) => model.change(() => { state.front_only = event.target.checked; }));
    element('reset').addEventListener('click', () => {
      for (const input of grid.querySelectorAll('input')) {
        input.checked = true;
        if (input.type === 'text') { input.value = ''; input.title = ''; input.removeAttribute('aria-invalid'); }
      }
      element('front-only').checked = false;
      model.change(() => {
        state.ranges.clear();
        state.brushes.clear();
        state.names.clear();
        state.statuses = new Set(model.statuses);
        state.front_only = false;
      });
    });
    say_shown();
  }

  function choice_of_parallel_axes() {
    for (const column of charts.possible_axes) {
      const label = make('label', undefined, 'check');
      const box = make('input');
      box.type = 'checkbox';
      box.checked = charts.chosen_axes.has(column);
      box.addEventListener('change', () => {
        // At least two axes stay, because fewer cannot be joined by lines.
        if (!box.checked && charts.chosen_axes.size <= 2) box.checked = true;
        else charts.show_axis(column, box.checked);
      });
      label.append(box, ` ${column.label}`);
      element('parallel-axes').append(label);
    }
  }

  function say_shown() {
    element('shown').textContent = `${model.shown().length} of ${model.points.length} points shown`;
  }

  // --- theme ----------------------------------------------------------------------------------------------

  function theme() {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    let chosen = 'auto';
    let printing = false;
    // A browser may forbid storage to pages opened from disk. The choice then lasts as long as the page.
    const key = 'ircsim-report-theme';
    try { chosen = localStorage.getItem(key) || 'auto'; } catch { /* not remembered */ }
    const radios = [...element('theme').querySelectorAll('input')];
    if (!radios.some((radio) => radio.value === chosen)) chosen = 'auto';
    radios.forEach((radio) => { radio.checked = radio.value === chosen; });
    const apply = () => {
      const is_dark = !printing && (chosen === 'dark' || (chosen === 'auto' && dark.matches));
      document.documentElement.dataset.theme = is_dark ? 'dark' : 'light';
    };
    element('theme').addEventListener('change', (event) => {
      chosen = event.target.value;
      try { localStorage.setItem(key, chosen); } catch { /* not remembered */ }
      apply();
      charts.draw_all();
    });
    dark.addEventListener('change', () => { apply(); charts.draw_all(); });
    // Paper is white, so printing uses the light theme.
    window.addEventListener('beforeprint', () => { printing = true; apply(); charts.draw_all(); });
    window.addEventListener('afterprint', () => { printing = false; apply(); charts.draw_all(); });
    apply();
  }

  // --- start ----------------------------------------------------------------------------------------------

  theme();
  heading();
  if (model.points.length === 0 || model.columns.length === 0) {
    element('content').hidden = true;
    element('broken').hidden = false;
    element('broken').textContent = 'There is no point to show yet.';
    return;
  }
  choice_of_axes();
  choice_of_parallel_axes();
  filters();

  const show_filtered = () => {
    say_shown();
    table.filter();
    charts.draw_scatter();
  };
  model.on('filter', () => { show_filtered(); charts.draw_parallel(); });
  // A brush needs no redraw of its axes, because they dim the lines themselves.
  model.on('brush', show_filtered);
  model.on('select', () => {
    panel.draw();
    table.mark();
    charts.draw_scatter();
    charts.draw_parallel();
  });
  // The link to the details is shown while they are out of sight.
  new IntersectionObserver(([entry]) => {
    element('to-point').classList.toggle('idle', entry.isIntersecting);
  }).observe(element('point'));
  charts.start();
  // Initially the front's first point is selected, or the first that is done.
  model.select(model.points.find((point) => point.on_front) || model.points.find((point) => point.status === 'done') || model.points[0]);
})();
