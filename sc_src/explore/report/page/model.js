// SPDX-License-Identifier: Apache-2.0
// The points as columns, the filters and the selection. This part does not touch the page.
'use strict';

const make_model = (data) => {
  const experiment = data.experiment;
  const points = data.points.map((point, index) => ({
    ...point,
    index,
    short: point.id.slice(0, 8),
    on_front: Boolean(point.on_front),
    metrics: point.metrics || {},
    layers: (point.layers || []).map(([name, cycles, latency, ...energy]) => {
      const parts = [];
      for (let i = 0; i < energy.length; i += 2) parts.push([data.layer_components[energy[i]], energy[i + 1]]);
      return { name: data.layer_names[name], cycles, latency, energy: new Map(parts) };
    }),
  }));

  /** A column reads one value from every point. The value of a category is the index of its name. */
  function make_column(kind, member, declared) {
    const raw = points.map((point) => {
      const value = (point[member] || {})[declared.key];
      return value === undefined ? null : value;
    });
    const present = raw.filter((value) => value !== null);
    const is_category = declared.scale === 'category' || present.some((value) => typeof value !== 'number');
    const column = {
      id: `${kind}:${declared.key}`,
      kind,
      key: declared.key,
      label: declared.label || declared.key,
      unit: declared.unit || '1',
      goal: declared.goal || 'none',
      is_category,
      names: [],
    };
    if (is_category) {
      const order = [...(declared.values || []), ...present].map(String);
      column.names = [...new Set(order)].filter((name) => present.some((value) => String(value) === name));
      column.values = raw.map((value) => (value === null ? null : column.names.indexOf(String(value))));
    } else {
      column.values = raw;
    }
    const numbers = column.values.filter((value) => value !== null);
    column.min = numbers.reduce((a, b) => Math.min(a, b), Infinity);
    column.max = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
    column.varies = column.max > column.min;
    column.has_values = numbers.length > 0;
    column.can_log = !is_category && column.min > 0;
    // A declared scale is used. Otherwise values that span more than a decade and a half have a logarithmic
    // scale.
    column.prefers_log = column.can_log && (declared.scale === 'log' || (!declared.scale && column.max > 30 * column.min));
    // A no-break space keeps the arrow on the line of the last word.
    column.title = column.label + ({ max: '\u00a0↑', min: '\u00a0↓' }[column.goal] || '');
    column.text = (value) => {
      if (value === null || value === undefined) return '–';
      return is_category ? column.names[value] : format.quantity(value, column.unit);
    };
    return column;
  }

  const undeclared = (member, declared) => {
    const known = new Set(declared.map((column) => column.key));
    const keys = new Set(points.flatMap((point) => Object.keys(point[member] || {})));
    return [...keys].filter((key) => !known.has(key)).map((key) => ({ key }));
  };
  const group = (kind, member, declared) => [...declared, ...undeclared(member, declared)].map((c) => make_column(kind, member, c));
  const parameters = group('p', 'parameters', experiment.parameters);
  const metrics = group('m', 'metrics', experiment.metrics);
  const fidelity = group('f', 'fidelity', []).filter((column) => column.varies);
  const columns = [...parameters, ...metrics, ...fidelity].filter((column) => column.has_values);
  const by_id = new Map(columns.map((column) => [column.id, column]));

  const statuses = ['done', 'infeasible', 'failed'].filter((status) => points.some((point) => point.status === status));
  const state = { ranges: new Map(), brushes: new Map(), names: new Map(), statuses: new Set(statuses), front_only: false, selected: null };
  const listeners = { filter: [], brush: [], select: [] };
  const tell = (event) => listeners[event].forEach((listener) => listener());

  /** Whether a point passes the filters that were typed and ticked. Brushes on the parallel axes are not included. */
  function is_kept(point) {
    if (state.front_only && !point.on_front) return false;
    if (!state.statuses.has(point.status)) return false;
    for (const [id, [low, high]] of state.ranges) {
      const value = by_id.get(id).values[point.index];
      if (value === null || (low !== null && value < low) || (high !== null && value > high)) return false;
    }
    for (const [id, hidden] of state.names) {
      if (hidden.has(by_id.get(id).values[point.index])) return false;
    }
    return true;
  }

  function is_shown(point) {
    if (!is_kept(point)) return false;
    for (const [id, intervals] of state.brushes) {
      const value = by_id.get(id).values[point.index];
      if (value === null || !intervals.some(([low, high]) => value >= low && value <= high)) return false;
    }
    return true;
  }

  /** Those of the points that no other beats in both columns, best x first. Empty unless both columns have a goal. */
  function best_of_two(x, y, candidates) {
    if (x.goal === 'none' || y.goal === 'none') return [];
    const sign = (column) => (column.goal === 'max' ? -1 : 1);
    const cost = (column, point) => sign(column) * column.values[point.index];
    const sorted = candidates
      .filter((point) => x.values[point.index] !== null && y.values[point.index] !== null)
      .sort((a, b) => cost(x, a) - cost(x, b) || cost(y, a) - cost(y, b));
    const best = [];
    let lowest = Infinity;
    for (const point of sorted) {
      if (cost(y, point) >= lowest) continue;
      lowest = cost(y, point);
      best.push(point);
    }
    return best;
  }

  return {
    data, experiment, points, columns, parameters, metrics, by_id, statuses, state,
    is_kept, is_shown, best_of_two,
    shown: () => points.filter(is_shown),
    on: (event, listener) => listeners[event].push(listener),
    change: (edit, event = 'filter') => { edit(state); tell(event); },
    select: (point) => {
      if (state.selected === point) return;
      state.selected = point;
      tell('select');
    },
  };
};
