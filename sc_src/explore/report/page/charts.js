// SPDX-License-Identifier: Apache-2.0
// Everything that ECharts draws: scatter plot, parallel coordinates, layers, trade-off. There is no
// animation, so there is
// nothing to reduce for readers who prefer none.
'use strict';

const make_charts = (model) => {
  // Categories have Okabe and Ito's colours, which differ in all common kinds of colour blindness; continuous
  // values have viridis.
  const categorical = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#b8a800'];
  const viridis = ['#440154', '#482475', '#414487', '#355f8d', '#2a788e', '#21908d', '#22a884', '#44bf70', '#7ad151', '#bddf26', '#fde725'];
  const star = 'path://M50 0 61 35 98 35 68 57 79 91 50 70 21 91 32 57 2 35 39 35Z';
  const symbols = ['circle', 'rect', 'diamond', 'triangle', 'roundRect', 'arrow', star];
  const cross = 'path://M15 0 50 35 85 0 100 15 65 50 100 85 85 100 50 65 15 100 0 85 35 50 0 15Z';
  const { state } = model;
  const element = (id) => document.getElementById(id);
  const is_narrow = () => window.innerWidth < 640;

  const is_dark = () => document.documentElement.dataset.theme === 'dark';
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** A chart that follows the size of its element. */
  const instances = new Map();
  function instance(id, redraw) {
    if (!instances.has(id)) {
      const chart = echarts.init(element(id), null, { renderer: 'svg' });
      instances.set(id, chart);
      let width = element(id).clientWidth;
      const place = element(id);
      new ResizeObserver(() => {
        if (chart.isDisposed() || place.clientWidth === 0 || place.clientWidth === width) return;
        width = place.clientWidth;
        chart.resize();
        redraw();
      }).observe(place);
    }
    return instances.get(id);
  }

  const base = () => ({
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { color: css('--text'), fontFamily: css('--font'), fontSize: 12 },
  });
  const tooltip = (more) => ({
    confine: true,
    backgroundColor: css('--raised'),
    borderColor: css('--line'),
    textStyle: { color: css('--text'), fontSize: 12 },
    extraCssText: 'max-width: 22rem; white-space: normal; box-shadow: 0 2px 8px #0004',
    ...more,
  });
  /** Rows of [swatch colour or null, name, value] as elements. Texts are data and never become markup. */
  function hover(title, rows) {
    const box = document.createElement('div');
    box.className = 'hover';
    const head = document.createElement('strong');
    head.textContent = title;
    box.append(head);
    const table = document.createElement('table');
    for (const [colour, name, value] of rows) {
      const row = table.insertRow();
      const mark = row.insertCell();
      if (colour) {
        const swatch = document.createElement('span');
        swatch.className = 'swatch';
        swatch.style.background = colour;
        mark.append(swatch);
      }
      row.insertCell().textContent = name;
      row.insertCell().textContent = value;
    }
    box.append(table);
    return box;
  }

  const scatter = { x: null, y: null, x_log: false, y_log: false, fit: false };

  function axis(column, as_log, vertical, points) {
    const values = points.map((point) => column.values[point.index]).filter((value) => value !== null);
    const [least, most] = scatter.fit && values.length ? [Math.min(...values), Math.max(...values)] : [column.min, column.max];
    const shared = {
      name: column.title,
      nameLocation: 'middle',
      nameGap: vertical ? (is_narrow() ? 48 : 62) : 30,
      nameTextStyle: { color: css('--text'), fontSize: 12 },
      axisLine: { show: true, lineStyle: { color: css('--muted') } },
      axisTick: { lineStyle: { color: css('--muted') } },
      axisLabel: { color: css('--muted'), hideOverlap: true, fontSize: is_narrow() ? 10 : 12 },
      splitLine: { lineStyle: { color: css('--grid') } },
    };
    if (column.is_category) return { ...shared, type: 'category', data: column.names, splitLine: { show: false } };
    shared.axisLabel.formatter = (value) => format.quantity(value, column.unit);
    if (as_log) return { ...shared, type: 'log', minorTick: { show: true }, min: floor_log(least), max: ceil_log(most) };
    // A margin keeps the outermost points off the frame.
    const room = 0.04 * (most - least) || Math.abs(most) * 0.1 || 1;
    const low = least >= 0 ? Math.max(0, least - room) : least - room;
    Object.assign(shared.axisLabel, { showMinLabel: low === 0, showMaxLabel: false });
    return { ...shared, type: 'value', scale: true, min: low, max: most + room };
  }
  /** The next 1, 2 or 5 of a decade. Whole decades would leave half of most charts empty. */
  const steps = [1, 2, 5, 10];
  const floor_log = (value) => {
    const decade = 10 ** Math.floor(Math.log10(value));
    return decade * [...steps].reverse().find((step) => step * decade <= value * 0.97 || step === 1);
  };
  const ceil_log = (value) => {
    const decade = 10 ** Math.floor(Math.log10(value));
    return decade * (steps.find((step) => step * decade >= value * 1.03) || 20);
  };

  // --- colour by ------------------------------------------------------------------------------------------

  let colour_column = null;

  function scale_of(column) {
    const stops = is_dark() ? viridis.slice(3) : viridis.slice(0, 9);
    const place = (value) => (column.prefers_log ? Math.log(value) : value);
    const low = place(column.min);
    const span = place(column.max) - low || 1;
    return {
      stops,
      at: (value) => {
        const position = ((place(value) - low) / span) * (stops.length - 1);
        const left = Math.min(stops.length - 2, Math.floor(position));
        const part = position - left;
        const channel = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
        const mixed = [0, 1, 2].map((i) => Math.round(channel(stops[left], i) * (1 - part) + channel(stops[left + 1], i) * part));
        return `rgb(${mixed.join(',')})`;
      },
    };
  }

  /** Appearance of points: a colour, and for categories also a shape, so that no information is in the colour alone. */
  function encoding() {
    const plain = css('--accent');
    const column = colour_column;
    if (!column) return { colour: () => plain, symbol: () => 'circle' };
    if (column.is_category) {
      const pick = (list, value) => list[value % list.length];
      return {
        colour: (point) => (column.values[point.index] === null ? css('--muted') : pick(categorical, column.values[point.index])),
        symbol: (point) => (column.values[point.index] === null ? 'circle' : pick(symbols, column.values[point.index])),
      };
    }
    const scale = scale_of(column);
    return {
      colour: (point) => (column.values[point.index] === null ? css('--muted') : scale.at(column.values[point.index])),
      symbol: () => 'circle',
    };
  }

  const svg_tag = (name, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const shapes = {
    circle: ['circle', { cx: 50, cy: 50, r: 45 }],
    rect: ['rect', { x: 8, y: 8, width: 84, height: 84 }],
    roundRect: ['rect', { x: 8, y: 8, width: 84, height: 84, rx: 25 }],
    diamond: ['path', { d: 'M50 0 100 50 50 100 0 50Z' }],
    triangle: ['path', { d: 'M50 5 98 95 2 95Z' }],
    arrow: ['path', { d: 'M50 0 90 100 50 75 10 100Z' }],
  };
  function mark(symbol, colour, hollow) {
    const drawing = svg_tag('svg', { viewBox: '-8 -8 116 116', width: 14, height: 14, 'aria-hidden': 'true' });
    const [tag, attributes] = shapes[symbol] || ['path', { d: symbol.slice('path://'.length) }];
    const paint = hollow ? { fill: 'none', stroke: colour, 'stroke-width': 14 } : { fill: colour };
    drawing.append(svg_tag(tag, { ...attributes, ...paint }));
    return drawing;
  }

  function legend() {
    const place = element('scatter-legend');
    place.replaceChildren();
    const entry = (drawing, text) => {
      const item = document.createElement('span');
      item.className = 'entry';
      item.append(drawing, text);
      place.append(item);
    };
    const column = colour_column;
    if (column && column.is_category) {
      column.names.forEach((name, i) => entry(mark(symbols[i % symbols.length], categorical[i % categorical.length]), name));
    } else if (column) {
      const bar = document.createElement('span');
      bar.className = 'bar';
      bar.style.background = `linear-gradient(to right, ${scale_of(column).stops.join(', ')})`;
      const item = document.createElement('span');
      item.className = 'entry';
      const ends = column.prefers_log ? ' (log)' : '';
      item.append(`${column.label}${ends}: ${column.text(column.min)}`, bar, column.text(column.max));
      place.append(item);
    }
    if (model.points.some((point) => point.on_front)) {
      const drawing = mark('circle', css('--accent'));
      drawing.firstChild.setAttribute('stroke', css('--text'));
      drawing.firstChild.setAttribute('stroke-width', 12);
      entry(drawing, 'on the front');
    }
    if (model.statuses.includes('infeasible')) entry(mark('triangle', css('--muted'), true), 'infeasible');
    if (model.statuses.includes('failed')) entry(mark(cross, css('--failed')), 'failed');
  }

  // --- scatter --------------------------------------------------------------------------------------------

  const place_of = (point) => [scatter.x.values[point.index], scatter.y.values[point.index]];
  const has_place = (point) => place_of(point).every((value) => value !== null);

  function point_rows(point) {
    const columns = [scatter.x, scatter.y, ...(colour_column ? [colour_column] : []), ...model.parameters, ...model.metrics.filter((m) => m.goal !== 'none')];
    return [...new Set(columns)].slice(0, 12).map((column) => [null, column.title, column.text(column.values[point.index])]);
  }
  const point_title = (point) => `${point.short} · ${point.status}${point.on_front ? ' · on the front' : ''}`;

  function draw_scatter() {
    const look = encoding();
    const size = is_narrow() ? 7 : 9;
    const shown = new Set(model.shown().filter(has_place));
    const series_of = (name, points, style) => ({
      name,
      type: 'scatter',
      data: points.map((point) => ({ value: place_of(point), index: point.index, ...style(point) })),
    });
    const shown_points = [...shown];
    const is_plain = (point) => point.status === 'done' && !point.on_front;
    const best = model.best_of_two(scatter.x, scatter.y, shown_points.filter((point) => point.on_front && point.status === 'done'));
    const line = best.map(place_of).sort((a, b) => a[0] - b[0]);
    const chosen = state.selected && has_place(state.selected) ? [state.selected] : [];
    const chart = instance('scatter', draw_scatter);
    chart.setOption({
      ...base(),
      grid: { left: is_narrow() ? 64 : 82, right: 24, top: 16, bottom: 52 },
      tooltip: tooltip({
        trigger: 'item',
        formatter: ({ data }) => {
          const point = model.points[data.index];
          return point ? hover(point_title(point), point_rows(point)) : '';
        },
      }),
      xAxis: axis(scatter.x, scatter.x_log, false, shown_points),
      yAxis: axis(scatter.y, scatter.y_log, true, shown_points),
      series: [
        {
          ...series_of('filtered out', model.points.filter((point) => has_place(point) && !shown.has(point)), () => ({
            symbolSize: 5, itemStyle: { color: css('--muted'), opacity: 0.25 },
          })),
          silent: true,
        },
        {
          name: 'front', type: 'line', data: line, silent: true, symbol: 'none', z: 2,
          // Between two points the front attains the worse value of both, not their mean.
          step: scatter.x.goal === 'max' ? 'start' : 'end',
          lineStyle: { color: css('--text'), width: 1.5, opacity: 0.7 },
        },
        series_of('infeasible', shown_points.filter((point) => point.status === 'infeasible'), () => ({
          symbol: 'triangle', symbolSize: size, itemStyle: { color: 'transparent', borderColor: css('--muted'), borderWidth: 1.5 },
        })),
        series_of('failed', shown_points.filter((point) => point.status === 'failed'), () => ({
          symbol: cross, symbolSize: size, itemStyle: { color: css('--failed') },
        })),
        series_of('points', shown_points.filter(is_plain), (point) => ({
          symbol: look.symbol(point), symbolSize: size, itemStyle: { color: look.colour(point), opacity: 0.75 },
        })),
        {
          ...series_of('on the front', shown_points.filter((point) => point.on_front && point.status === 'done'), (point) => ({
            symbol: look.symbol(point), symbolSize: 1.5 * size, itemStyle: { color: look.colour(point), borderColor: css('--text'), borderWidth: 1.5 },
          })),
          z: 4,
        },
        {
          ...series_of('selected', chosen, () => ({
            symbol: 'circle', symbolSize: 2.8 * size, itemStyle: { color: 'transparent', borderColor: css('--focus'), borderWidth: 3 },
          })),
          silent: true,
          z: 6,
        },
      ],
    }, true);
    legend();

    const line_says = scatter.x.goal === 'none' || scatter.y.goal === 'none'
      ? 'No front line: it needs an objective on both axes.'
      : line.length === 0 ? 'No point of the front is shown.'
        : `The line joins the ${line.length} of the front's points that no other beats in these two.`;
    element('scatter-note').textContent =
      `${shown.size} of ${model.points.length} points drawn. ${line_says} Arrow keys step through the points from left to right.`;
    element('scatter').setAttribute('aria-label', `Scatter chart of ${scatter.y.label} over ${scatter.x.label}`);
    draw_apart(model.shown().filter((point) => !has_place(point)));
  }

  /** Points without a place on these axes, mostly failed ones, are shown as buttons below the chart. */
  function draw_apart(points) {
    element('apart').hidden = points.length === 0;
    const count = (status) => points.filter((point) => point.status === status).length;
    const parts = model.statuses.filter(count).map((status) => `${count(status)} ${status}`);
    element('apart-note').textContent = `Without a value on these axes: ${parts.join(', ')}.`;
    element('apart-points').replaceChildren(...points.map((point) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = `chip ${point.status}`;
      button.textContent = point.short;
      button.title = point.error || point.status;
      button.setAttribute('aria-pressed', String(point === state.selected));
      button.addEventListener('click', () => model.select(point));
      return button;
    }));
  }

  function start_scatter() {
    draw_scatter();
    const chart = instance('scatter');
    const pixel = (point) => chart.convertToPixel({ gridIndex: 0 }, place_of(point));
    // Selects the nearest point within reach of a finger, not only the one exactly under the pointer.
    chart.getZr().on('click', (event) => {
      let nearest = null;
      let reach = 18;
      for (const point of model.shown().filter(has_place)) {
        const [x, y] = pixel(point);
        const distance = Math.hypot(x - event.offsetX, y - event.offsetY);
        if (distance < reach) [nearest, reach] = [point, distance];
      }
      if (nearest) model.select(nearest);
    });
    element('scatter').addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const order = model.shown().filter(has_place).sort((a, b) => place_of(a)[0] - place_of(b)[0] || place_of(a)[1] - place_of(b)[1]);
      if (order.length === 0) return;
      const at = order.indexOf(state.selected);
      const next = at < 0 ? (step > 0 ? 0 : order.length - 1) : Math.min(order.length - 1, Math.max(0, at + step));
      model.select(order[next]);
    });
  }

  function save_scatter() {
    // The file has no background, because it is meant to be placed on a page.
    const blob = new Blob([instance('scatter').renderToSVGString()], { type: 'image/svg+xml' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${model.experiment.name.replace(/[^\w.-]+/g, '-')}-front.svg`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // --- parallel coordinates -------------------------------------------------------------------------------

  const candidates = [...model.parameters, ...model.metrics].filter((column) => column.varies);
  // More axes than this are too close together to read. The reader chooses which ones are shown.
  const most_axes = 12;
  const by_weight = [...candidates].sort((a, b) => (a.kind === 'm' && a.goal === 'none') - (b.kind === 'm' && b.goal === 'none'));
  const chosen_axes = new Set(by_weight.slice(0, most_axes));
  let restoring = false;

  function show_axis(column, on) {
    if (on) chosen_axes.add(column);
    else chosen_axes.delete(column);
    // A brush on a hidden axis must not filter any longer.
    if (!on && state.brushes.has(column.id)) model.change(({ brushes }) => brushes.delete(column.id));
    else draw_parallel();
  }

  function wrapped(text, width) {
    const lines = [''];
    for (const word of text.split(' ')) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length >= width) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines.map((line) => (line.length > width + 2 ? `${line.slice(0, width)}…` : line)).slice(0, 4).join('\n');
  }

  const shortened = (text) => (text.length > 18 ? `${text.slice(0, 17)}…` : text);

  function draw_parallel() {
    const axes = candidates.filter((column) => chosen_axes.has(column));
    if (axes.length < 2) return;
    const vertical = is_narrow();
    element('parallel').style.height = vertical ? `${axes.length * 62 + 60}px` : '';
    const chart = instance('parallel', draw_parallel);
    chart.resize();
    const look = encoding();
    const room = vertical ? 13 : Math.max(7, Math.floor((chart.getWidth() - 130) / (axes.length - 1) / 6.6) - 1);
    const values = (point) => axes.map((column) => column.values[point.index] ?? '-');
    const line_of = (point) => {
      if (point.status !== 'done') return { color: css('--muted'), type: 'dashed', width: 1, opacity: 0.4 };
      return { color: look.colour(point), width: point.on_front ? 2.5 : 1, opacity: point.on_front ? 0.95 : 0.4 };
    };
    const series = (name, points, style, z) => ({
      name, z,
      type: 'parallel',
      inactiveOpacity: 0.06,
      activeOpacity: 0.9,
      silent: true,
      data: points.map((point) => ({ value: values(point), lineStyle: style(point) })),
    });
    const kept = model.points.filter(model.is_kept);
    restoring = true;
    chart.setOption({
      ...base(),
      parallel: vertical ? { layout: 'vertical', left: 104, right: 26, top: 26, bottom: 30 }
        : { left: 44, right: 84, top: 66, bottom: 26 },
      parallelAxis: axes.map((column, dim) => ({
        dim,
        id: column.id,
        name: wrapped(column.title, room),
        nameLocation: vertical ? 'start' : 'end',
        nameGap: vertical ? 10 : 14,
        nameTextStyle: { color: css('--text'), fontSize: 12, lineHeight: 14, ...(vertical ? { align: 'right' } : {}) },
        type: !column.is_category && column.prefers_log ? 'log' : 'value',
        // Names are placed at whole numbers of a linear axis, because a brush has no extent on ECharts' own
        // axis of names.
        ...(column.is_category ? { min: -0.5, max: column.names.length - 0.5, interval: 0.5 }
          : column.prefers_log ? { min: floor_log(column.min), max: ceil_log(column.max) } : { scale: true }),
        axisLine: { lineStyle: { color: css('--muted') } },
        axisTick: { show: !column.is_category, lineStyle: { color: css('--muted') } },
        z: 10,
        axisLabel: {
          // A halo, because the lines run behind the numbers.
          color: css('--text'), textBorderColor: css('--panel'), textBorderWidth: 3, fontSize: 11, hideOverlap: true,
          formatter: column.is_category ? (value) => shortened(column.names[value] || '') : (value) => format.quantity(value, column.unit),
        },
        areaSelectStyle: { width: 22, borderWidth: 1.5, borderColor: css('--focus'), color: css('--focus'), opacity: 0.3 },
        realtime: false,
      })),
      series: [
        // The front is drawn last, so that it is on top.
        series('points', [...kept].sort((a, b) => a.on_front - b.on_front), line_of, 2),
        series('selected', state.selected ? [state.selected] : [], () => ({ color: css('--focus'), width: 4, opacity: 1 }), 5),
      ],
    }, true);
    for (const [id, intervals] of state.brushes) chart.dispatchAction({ type: 'axisAreaSelect', parallelAxisId: id, intervals });
    // ECharts assumes that whoever sets a selection has also drawn it. An empty update makes it draw the
    // selection.
    if (state.brushes.size) chart.setOption({});
    restoring = false;
    element('parallel').setAttribute('aria-label',
      `Parallel coordinates of ${kept.length} points over ${axes.map((column) => column.label).join(', ')}`);
  }

  function start_parallel() {
    if (candidates.length < 2) {
      element('parallel').closest('section').hidden = true;
      return;
    }
    draw_parallel();
    instance('parallel').on('axisareaselected', (event) => {
      if (restoring) return;
      model.change(({ brushes }) => {
        if (event.intervals && event.intervals.length) brushes.set(event.parallelAxisId, event.intervals);
        else brushes.delete(event.parallelAxisId);
      }, 'brush');
    });
  }

  // --- layers of one point --------------------------------------------------------------------------------

  const most_components = 7;

  /** The components with the largest energy; the rest is one entry, because more colours cannot be told apart. */
  function grouped_energy(layers) {
    const totals = new Map();
    for (const layer of layers) for (const [name, joules] of layer.energy) totals.set(name, (totals.get(name) || 0) + (joules || 0));
    const names = [...totals.keys()].filter((name) => totals.get(name) > 0).sort((a, b) => totals.get(b) - totals.get(a));
    const apart = names.length > most_components + 1 ? names.slice(0, most_components) : names.slice(0, most_components + 1);
    const rest = names.slice(apart.length);
    const groups = apart.map((name) => ({ name, joules: layers.map((layer) => layer.energy.get(name) || 0) }));
    if (rest.length) {
      groups.push({
        name: `other (${rest.length})`,
        joules: layers.map((layer) => rest.reduce((sum, name) => sum + (layer.energy.get(name) || 0), 0)),
      });
    }
    return groups;
  }

  function bars(id, layers, groups, unit) {
    const longest = Math.max(...layers.map((layer) => layer.name.length));
    const head = groups.length > 1 ? 12 + 20 * Math.ceil(groups.length / 4) : 8;
    element(id).style.height = `${head + 20 * layers.length + 44}px`;
    const redraw = () => bars(id, layers, groups, unit);
    const chart = instance(id, redraw);
    chart.resize();
    chart.setOption({
      ...base(),
      grid: { left: Math.min(110, 14 + 6.5 * Math.min(longest, 15)), right: 20, top: head, bottom: 30 },
      legend: { show: groups.length > 1, top: 0, left: 0, itemWidth: 12, itemHeight: 12, itemGap: 8, textStyle: { color: css('--text'), fontSize: 11 } },
      tooltip: tooltip({
        trigger: 'axis',
        axisPointer: { type: 'shadow' },
        formatter: (entries) => hover(entries[0].name, [
          ...entries.map((entry) => [entry.color, entry.seriesName, format.quantity(entry.value, unit)]),
          ...(entries.length > 1 ? [[null, 'sum', format.quantity(entries.reduce((sum, entry) => sum + entry.value, 0), unit)]] : []),
        ]),
      }),
      xAxis: {
        type: 'value',
        splitNumber: 3,
        axisLabel: { color: css('--muted'), hideOverlap: true, formatter: (value) => format.quantity(value, unit) },
        splitLine: { lineStyle: { color: css('--grid') } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: layers.map((layer) => layer.name),
        axisLabel: { color: css('--text'), fontSize: 11, interval: 0, width: 90, overflow: 'truncate' },
        axisLine: { lineStyle: { color: css('--muted') } },
        axisTick: { show: false },
      },
      series: groups.map((group, i) => ({
        name: group.name,
        type: 'bar',
        stack: 'all',
        barCategoryGap: '25%',
        data: group.joules || group.values,
        itemStyle: { color: categorical[i] || css('--muted'), borderColor: css('--panel'), borderWidth: groups.length > 1 ? 0.5 : 0 },
      })),
    }, true);
  }

  /** Disposes of the layers' charts before the panel is filled again, because their elements are removed. */
  function forget_layers() {
    for (const id of ['layer-energy', 'layer-cycles']) {
      if (!instances.has(id)) continue;
      instances.get(id).dispose();
      instances.delete(id);
    }
  }

  function draw_layers() {
    if (!state.selected) return;
    const { layers } = state.selected;
    const has_energy = layers.some((layer) => layer.energy.size > 0);
    const has_cycles = layers.some((layer) => typeof layer.cycles === 'number');
    element('layers').hidden = !has_energy && !has_cycles;
    element('layer-energy-part').hidden = !has_energy;
    element('layer-cycles-part').hidden = !has_cycles;
    if (has_energy) bars('layer-energy', layers, grouped_energy(layers), 'J');
    if (has_cycles) bars('layer-cycles', layers, [{ name: 'cycles', values: layers.map((layer) => layer.cycles) }], '1');
  }

  // --- trade-off ------------------------------------------------------------------------------------------

  function draw_tradeoff() {
    const tradeoff = model.data.tradeoff;
    if (!tradeoff || !tradeoff.series || tradeoff.series.length === 0) return;
    element('tradeoff-section').hidden = false;
    element('tradeoff-heading').textContent = tradeoff.title || 'Trade-off';
    // One strip per unit, one below the other. Two scales in one frame would be hard to tell apart.
    const strips = new Map();
    tradeoff.series.forEach((series, i) => {
      const can_log = series.points.every(([, y]) => y === null || y > 0);
      const log = series.scale === 'log' && can_log;
      const key = `${series.unit || '1'} ${log}`;
      if (!strips.has(key)) strips.set(key, { unit: series.unit || '1', log, series: [] });
      strips.get(key).series.push({ ...series, colour: categorical[i % categorical.length], symbol: symbols[i % symbols.length] });
    });
    const x = { label: '', unit: '1', ...tradeoff.x };
    const list = [...strips.values()];
    const height = 160;
    const gap = 52;
    element('tradeoff').style.height = `${list.length * (height + gap) + 24}px`;
    const chart = instance('tradeoff', draw_tradeoff);
    chart.resize();
    const marked = typeof tradeoff.marked_x === 'number' ? tradeoff.marked_x : null;
    const point_text = marked === null ? '' : `working point ${format.quantity(marked, x.unit)}`;
    element('tradeoff-note').textContent = [
      `Over ${x.label}: ${tradeoff.series.map((series) => series.label).join(', ')}.`,
      marked === null ? '' : `The line marks the ${point_text}.`,
    ].join(' ').trim();
    const all_x = tradeoff.series.flatMap((series) => series.points.map(([value]) => value));
    const shared_axis = {
      axisLine: { show: true, lineStyle: { color: css('--muted') } },
      splitLine: { lineStyle: { color: css('--grid') } },
    };
    const units = list.flatMap((strip) => strip.series.map(() => strip.unit));
    const top = (i) => 36 + i * (height + gap);
    chart.setOption({
      ...base(),
      legend: list.map((strip, i) => ({
        top: top(i) - 28, left: 60, itemHeight: 9, data: strip.series.map((series) => series.label),
        textStyle: { color: css('--text') },
      })),
      grid: list.map((strip, i) => ({ left: 74, right: 24, top: top(i), height: height - 20 })),
      tooltip: tooltip({
        trigger: 'item',
        formatter: (entry) => hover(entry.seriesName, [
          [null, x.label, format.quantity(entry.value[0], x.unit)],
          [entry.color, entry.seriesName, format.quantity(entry.value[1], units[entry.seriesIndex])],
        ]),
      }),
      xAxis: list.map((strip, i) => ({
        ...shared_axis,
        gridIndex: i,
        type: 'value',
        min: Math.min(...all_x),
        max: Math.max(...all_x),
        name: i === list.length - 1 ? x.label : '',
        nameLocation: 'middle',
        nameGap: 26,
        axisLabel: { color: css('--muted'), hideOverlap: true, formatter: (value) => format.quantity(value, x.unit) },
      })),
      yAxis: list.map((strip, i) => ({
        ...shared_axis,
        gridIndex: i,
        type: strip.log ? 'log' : 'value',
        scale: true,
        splitNumber: 4,
        axisLabel: { color: css('--muted'), hideOverlap: true, formatter: (value) => format.quantity(value, strip.unit) },
      })),
      series: list.flatMap((strip, i) => strip.series.map((series, k) => ({
        name: series.label,
        type: 'line',
        xAxisIndex: i,
        yAxisIndex: i,
        data: series.points,
        symbol: series.symbol,
        symbolSize: 7,
        lineStyle: { color: series.colour, width: 2, type: ['solid', 'dashed', 'dotted'][k % 3] },
        itemStyle: { color: series.colour },
        markLine: marked === null || k > 0 ? undefined : {
          silent: true,
          symbol: 'none',
          data: [{ xAxis: marked }],
          lineStyle: { color: css('--text'), type: 'dashed', width: 1.5 },
          label: { show: i === 0 && !is_narrow(), formatter: point_text, color: css('--text'), position: 'insideEndTop', rotate: 0, align: 'left', padding: [0, 0, 0, 6] },
        },
      }))),
    }, true);
  }

  function draw_all() {
    draw_scatter();
    draw_parallel();
    draw_layers();
    draw_tradeoff();
  }

  return {
    scatter, chosen_axes, show_axis,
    possible_axes: candidates,
    draw_scatter, draw_parallel, draw_layers, forget_layers, draw_all, save_scatter,
    start: () => { start_scatter(); start_parallel(); draw_tradeoff(); },
    set_colour: (column) => { colour_column = column; },
  };
};
