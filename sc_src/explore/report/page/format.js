// SPDX-License-Identifier: Apache-2.0
// Writes numbers and units for people.
'use strict';

const format = (() => {
  const prefixes = new Map([
    [-18, 'a'], [-15, 'f'], [-12, 'p'], [-9, 'n'], [-6, 'µ'], [-3, 'm'], [0, ''], [3, 'k'], [6, 'M'], [9, 'G'], [12, 'T'],
  ]);
  const exponents = new Map([...[...prefixes].map(([exponent, name]) => [name, exponent]), ['u', -6], ['μ', -6]]);
  // Units that take prefixes, alone or per something ("J/image"). "TOPS/W" and "%" do not.
  const prefixed = /^(s|J|W|A|V|F|Hz|S|C|m|g|Ω|ohm|Ohm)(\/.*)?$/;
  const areas = [[-6, 'mm²'], [-12, 'µm²'], [-18, 'nm²']];

  const is_area = (unit) => unit === 'm^2' || unit === 'm²' || unit === 'm2';
  const is_plain = (unit) => !unit || unit === '1';

  /** Four significant digits, without trailing zeros. */
  function digits(value) {
    if (value === 0) return '0';
    const size = Math.abs(value);
    if (size >= 1e7 || size < 1e-4) return value.toExponential(3).replace(/\.?0+e/, 'e').replace('e+', 'e').replace('-', '−');
    // Counts are shown in full.
    const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
    return text.replace('-', '−');
  }

  /** 5.1e-6 and "J" give "5.1 µJ". */
  function quantity(value, unit) {
    if (value === null || value === undefined) return '–';
    if (typeof value !== 'number') return String(value);
    if (!Number.isFinite(value)) return '–';
    if (is_plain(unit)) return digits(value);
    if (is_area(unit)) {
      const [size, name] = areas.find(([exponent]) => Math.abs(value) >= 0.01 * 10 ** exponent) || areas[areas.length - 1];
      return `${digits(value / 10 ** size)} ${name}`;
    }
    if (!prefixed.test(unit) || value === 0) return `${digits(value)} ${unit}`;
    // The value is rounded first, so that 999.99 µ becomes 1 m.
    const exponent = 3 * Math.floor(Number(value.toExponential(3).split('e')[1]) / 3);
    const held = Math.min(12, Math.max(-18, exponent));
    return `${digits(value / 10 ** held)} ${prefixes.get(held)}${unit}`;
  }

  /** A number that a person typed into a filter, in the column's unit: "5u", "5 µJ", "5e-6". NaN if it is no number. */
  function parse(text, unit) {
    const match = /^\s*([-+]?(?:\d+\.?\d*|\.\d+))(?:e([-+]?\d+))?\s*(.*?)\s*$/i.exec(text.replace(',', '.').replace(/−/g, '-'));
    if (!match) return NaN;
    const [, mantissa, written, rest] = match;
    // The exponent is shifted in decimal, because 5 times 1e-6 differs from 5e-6.
    const value = (exponent) => Number(`${mantissa}e${Number(written || 0) + exponent}`);
    if (rest === '' || rest === unit) return value(0);
    if (is_area(unit)) {
      const area = areas.find(([, name]) => name === rest.replace('^', '').replace('2', '²').replace(/[uμ]/, 'µ'));
      return area ? value(area[0]) : NaN;
    }
    const tail = !is_plain(unit) && rest.endsWith(unit) ? rest.slice(0, -unit.length) : rest;
    return exponents.has(tail) ? value(exponents.get(tail)) : NaN;
  }

  return { digits, quantity, parse };
})();
