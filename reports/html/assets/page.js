// Draws the charts of report.html when they come into view, and filters its drills. All that the
// page says is there without this script.
(() => {
  'use strict';
  const root = document.documentElement;
  root.classList.add('js');
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();

  // Times, as the rest of the page writes them, rounded up: 90000 is "1m30s".
  function timeText(milliseconds) {
    const sign = milliseconds < 0 ? '-' : '';
    let rest = Math.ceil(Math.abs(milliseconds) / 100) / 10;
    if (rest === 0) return '0s';
    let text = sign;
    for (const [unit, seconds] of [['d', 86400], ['h', 3600], ['m', 60]]) {
      const count = Math.floor(rest / seconds);
      if (count > 0) text += count + unit;
      rest -= count * seconds;
    }
    rest = Math.round(rest * 10) / 10;
    return rest > 0 ? text + rest + 's' : text;
  }
  const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    14400, 28800, 43200, 86400, 172800, 604800];
  function stepFor(range, width) {
    const fits = steps.find((step) => range / (step * 1000) <= Math.max(2, width / 90));
    return (fits || steps[steps.length - 1]) * 1000;
  }
  // A round figure that is not smaller: 1, 2, 5, 10, 20, ...
  function roundUp(value) {
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 2, 5, 10].find((digit) => digit * power >= value);
  }
  const cut = (text, length) => text.length > length ? text.slice(0, length - 1) + '\u2026' : text;

  // Patterns tell apart what colours alone must not.
  function pattern(kind, ink) {
    if (kind === 'plain') return ink;
    const tile = document.createElement('canvas');
    tile.width = tile.height = 8;
    const pen = tile.getContext('2d');
    pen.fillStyle = ink;
    pen.globalAlpha = 0.28;
    pen.fillRect(0, 0, 8, 8);
    pen.globalAlpha = 1;
    pen.strokeStyle = ink;
    pen.lineWidth = 2;
    const line = (x1, y1, x2, y2) => {
      pen.beginPath();
      pen.moveTo(x1, y1);
      pen.lineTo(x2, y2);
      pen.stroke();
    };
    if (kind === 'rising' || kind === 'cross') {
      line(-1, 9, 9, -1);
      line(-1, 1, 1, -1);
      line(7, 9, 9, 7);
    }
    if (kind === 'falling' || kind === 'cross') {
      line(-1, -1, 9, 9);
      line(7, -1, 9, 1);
      line(-1, 7, 1, 9);
    }
    if (kind === 'bars') line(4, 0, 4, 8);
    return pen.createPattern(tile, 'repeat');
  }
  function faded(ink, alpha) {
    const parts = [1, 3, 5].map((at) => parseInt(ink.slice(at, at + 2), 16));
    return `rgba(${parts.join(',')},${alpha})`;
  }

  const kinds = {
    fault: ['plain', '--c-fault', 'fault'],
    alert: ['bars', '--c-alert', 'alert firing'],
    outage: ['falling', '--c-outage', 'outage'],
    assumed: ['rising', '--c-step', 'assumed delay'],
    step: ['plain', '--c-step', 'step of the runbook'],
  };
  const ends = {
    succeeded: ['plain', '--c-quiet'],
    lost: ['cross', '--c-fault'],
    failed: ['falling', '--c-outage'],
    timed_out: ['bars', '--c-outage'],
    cancelled: ['bars', '--c-step'],
    undone: ['rising', '--c-alert'],
    'held to the last': ['plain', '--c-line'],
  };
  const parts = {
    detected: ['plain', '--c-fault'],
    decided: ['rising', '--c-outage'],
    restored: ['plain', '--c-step'],
    served: ['plain', '--c-line'],
    drained: ['plain', '--c-quiet'],
  };
  const ink = (look) => pattern(look[0], colour(look[1]));

  // A bar from one time to another; a moment is still seen.
  const bars = (label, look, data, yAxisID) => ({
    type: 'bar', indexAxis: 'y', label, data, yAxisID, xAxisID: 'x', grouped: false,
    backgroundColor: ink(look), borderColor: colour(look[1]), borderWidth: 1, borderSkipped: false,
    minBarLength: 3, maxBarThickness: 24, barPercentage: 0.8, categoryPercentage: 0.9,
  });
  const timeAxis = (min, max, width, title) => ({
    type: 'linear', axis: 'x', position: 'bottom', min, max, offset: false,
    ticks: {
      callback: (value) => timeText(value), maxRotation: 0, autoSkip: false,
      color: colour('--muted'),
    },
    afterBuildTicks: (scale) => {
      const step = stepFor(max - min, width);
      scale.ticks = [];
      for (let at = Math.ceil(min / step) * step; at <= max; at += step) {
        scale.ticks.push({value: at});
      }
    },
    grid: {offset: false, color: colour('--c-grid'), borderColor: colour('--rule'),
      tickColor: colour('--rule')},
    title: {display: true, text: title, align: 'end', color: colour('--muted'), padding: 0},
  });
  const rowAxis = (labels, width) => ({
    type: 'category', axis: 'y', labels: labels.map((_, at) => String(at)), offset: true,
    position: 'left', afterFit: (scale) => { scale.width = width; },
    ticks: {
      callback: (_, at) => cut(labels[at], Math.floor(width / 6.4)), color: colour('--ink'),
      autoSkip: labels.length > 30, padding: 4, font: {size: 11},
    },
    grid: {display: false, borderColor: colour('--rule')},
  });
  const legend = () => ({
    position: 'bottom', align: 'start',
    labels: {boxWidth: 14, boxHeight: 10, padding: 12, color: colour('--ink'), font: {size: 12},
      filter: (item) => item.text !== ''},
    onClick: () => {},
  });
  const spanText = (raw) => timeText(raw.x[0]) + ' to ' + timeText(raw.x[1]);

  // Behind the data: when a fault lasted, and the moments of detection and recovery.
  const bands = {
    id: 'bands',
    beforeDatasetsDraw(chart, _, options) {
      const {ctx, chartArea: area, scales: {x}} = chart;
      ctx.save();
      ctx.beginPath();
      ctx.rect(area.left, area.top, area.width, area.height);
      ctx.clip();
      for (const kind of ['fault', 'outage']) {
        // One path: where two of a kind overlap it is no darker.
        ctx.beginPath();
        for (const bar of options.bars) {
          if (bar.kind !== kind) continue;
          const [from, until] = bar.span.map((at) => x.getPixelForValue(at));
          ctx.rect(from, area.top, Math.max(1, until - from), area.height);
        }
        ctx.fillStyle = faded(colour(kinds[kind][1]), 0.1);
        ctx.fill();
      }
      ctx.restore();
    },
    afterDatasetsDraw(chart, _, options) {
      const {ctx, chartArea: area, scales: {x}} = chart;
      ctx.save();
      ctx.font = '11px ' + Chart.defaults.font.family;
      ctx.textBaseline = 'bottom';
      let taken = -Infinity;
      for (const line of options.lines) {
        const at = x.getPixelForValue(line.at);
        if (at < area.left || at > area.right) continue;
        ctx.strokeStyle = ctx.fillStyle = colour('--ink');
        ctx.lineWidth = 1;
        ctx.setLineDash([4, 3]);
        ctx.beginPath();
        ctx.moveTo(at, area.top);
        ctx.lineTo(at, area.bottom);
        ctx.stroke();
        const text = line.name + ' ' + timeText(line.at);
        const width = ctx.measureText(text).width;
        const left = Math.min(Math.max(at - width / 2, area.left), area.right - width);
        ctx.fillText(text, left, area.top - (left < taken ? 16 : 3));
        taken = left + width + 8;
      }
      for (const panel of options.panels || []) {
        ctx.fillStyle = colour('--ink');
        ctx.textBaseline = 'top';
        ctx.font = '600 11px ' + Chart.defaults.font.family;
        ctx.fillText(panel.title, area.left + 6, chart.scales[panel.id].top + 7);
      }
      ctx.restore();
    },
  };
  const base = (data) => ({
    animation: false, responsive: true, maintainAspectRatio: false, indexAxis: 'x',
    devicePixelRatio: printing ? (all('.drill').length > 20 ? 1 : 2) : undefined,
    layout: {padding: {top: 34, right: 8}},
    plugins: {
      legend: legend(),
      bands: {bars: data.bars, lines: data.lines},
      tooltip: {mode: 'nearest', intersect: true, displayColors: false},
    },
  });
  const labelWidth = (box) => box.clientWidth < 560 ? 88 : 150;

  function timeline(box, data) {
    const rows = [...new Set(data.bars.map((bar) => bar.row))];
    const width = labelWidth(box);
    const datasets = [];
    for (const [kind, look] of Object.entries(kinds)) {
      const data_ = data.bars.filter((bar) => bar.kind === kind)
        .map((bar) => ({x: bar.span, y: String(rows.indexOf(bar.row)), name: bar.row}));
      if (data_.length > 0) datasets.push(bars(look[2], look, data_, 'rows'));
    }
    const scales = {x: timeAxis(data.begin, data.end, box.clientWidth - width, 'time of the drill')};
    const panels = [];
    data.series.forEach((series, at) => {
      const id = 'y' + at;
      const share = series.unit === 'ppm';
      const values = series.values.map((value) => value === null || !share ? value : value / 1e4);
      const most = roundUp(Math.max(1, ...values.filter((value) => value !== null)));
      const line = colour(share || series.name === 'lost_leases' ? '--c-fault' : '--c-line');
      const lone = (i) => values[i] !== null && (values[i - 1] ?? null) === null &&
        (values[i + 1] ?? null) === null;
      datasets.push({
        type: 'line', label: '', yAxisID: id, xAxisID: 'x', stepped: 'after', spanGaps: false,
        data: values.map((value, i) => ({x: data.begin + i * data.step, y: value})),
        borderColor: line, backgroundColor: faded(line, 0.14), fill: 'origin', borderWidth: 1.5,
        pointRadius: (context) => lone(context.dataIndex) ? 1.5 : 0, pointHitRadius: 4,
        title: series.name.replaceAll('_', ' '), unit: share ? ' %' : ' ' + series.unit,
      });
      panels.push({id, title: series.name.replaceAll('_', ' ') + (share ? ' (%)' : '')});
      scales[id] = {
        type: 'linear', axis: 'y', position: 'left', stack: 'panels', stackWeight: 2,
        weight: 100 - at, min: 0, max: most * 1.7, offset: false,
        afterFit: (scale) => { scale.width = width; },
        afterBuildTicks: (scale) => { scale.ticks = [{value: 0}, {value: most}]; },
        ticks: {color: colour('--muted'), font: {size: 11}, autoSkip: false},
        grid: {color: colour('--c-grid'), borderColor: colour('--rule'), drawTicks: false},
      };
    });
    if (rows.length > 0) {
      scales.rows = {...rowAxis(rows, width), stack: 'panels', weight: 200,
        stackWeight: Math.max(1.2, rows.length * 0.75)};
    }
    box.style.height = 120 + 70 * data.series.length + 25 * rows.length + 'px';
    const options = base(data);
    options.scales = scales;
    options.plugins.bands.panels = panels;
    options.plugins.tooltip = {
      mode: 'x', intersect: false, displayColors: false, filter: (item) => item.parsed.y !== null,
      callbacks: {
        title: (items) => items.length > 0 ? timeText(
          (items.find((item) => item.dataset.type === 'line') || {parsed: {x: items[0].raw.x[0]}})
            .parsed.x) : '',
        label: (item) => item.dataset.type === 'line'
          ? item.dataset.title + ' ' + Math.round(item.parsed.y * 10) / 10 + item.dataset.unit
          : item.raw.name + ', ' + item.dataset.label + ' ' + spanText(item.raw),
      },
    };
    return {type: 'bar', data: {datasets}, options};
  }

  function split(box, data) {
    const rows = data.split.assumed.length > 0 ? ['way back', 'assumed'] : ['way back'];
    const datasets = data.split.parts.map((part) => bars(
      'until ' + part.name + ' ' + timeText(part.span[1]), parts[part.name],
      [{x: part.span, y: '0'}], 'rows'));
    if (rows.length > 1) {
      datasets.push(bars('assumed delay', kinds.assumed,
        data.split.assumed.map((span) => ({x: span, y: '1'})), 'rows'));
    }
    const end = Math.max(1000, ...data.split.parts.map((part) => part.span[1]));
    const width = labelWidth(box);
    const options = base({bars: [], lines: []});
    options.layout.padding.top = 4;
    options.scales = {x: timeAxis(0, end, box.clientWidth - width, 'from t0'),
      rows: rowAxis(rows, width)};
    options.plugins.tooltip.callbacks = {
      title: () => '', label: (item) => item.dataset.label + ': ' + spanText(item.raw)};
    box.style.height = (box.clientWidth < 560 ? 190 : 120) + 26 * rows.length + 'px';
    return {type: 'bar', data: {datasets}, options};
  }

  function leases(box, data) {
    const {runners, ends: names, leases: held} = data.leases;
    const datasets = names.map((name, end) => bars(
      name.replaceAll('_', ' '), ends[name] || ['rising', '--c-extra'],
      held.filter((lease) => lease[3] === end)
        .map(([runner, from, until, , attempt]) => ({x: [from, until], y: String(runner), attempt})),
      'rows'));
    const times = held.flatMap((lease) => [lease[1], lease[2]]);
    const from = times.reduce((a, b) => Math.min(a, b));
    const until = times.reduce((a, b) => Math.max(a, b));
    const width = labelWidth(box);
    const options = base(data);
    options.scales = {x: timeAxis(from, until, box.clientWidth - width, 'time of the drill'),
      rows: rowAxis(runners, width)};
    options.plugins.tooltip.callbacks = {
      title: () => '',
      label: (item) => [item.raw.attempt, item.dataset.label, spanText(item.raw)]};
    for (const dataset of datasets) dataset.borderColor = colour('--ground');
    const each = runners.length > 40 ? 9 : 20;
    box.style.height = Math.min(1200, 120 + each * runners.length) + 'px';
    return {type: 'bar', data: {datasets}, options};
  }

  // How far a figure spreads over seeds: [milliseconds, longer than that, in words] of p50, p95,
  // p99, max.
  const spreadParts = [['half to 95 of 100 seeds', 'plain', '--c-line'],
    ['to 99 of 100', 'falling', '--c-outage'], ['to the largest', 'rising', '--c-fault']];
  const decades = [0.001, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 86400, 864000]
    .map((seconds) => seconds * 1000);
  function spread(box, data) {
    const at = (figure) => Math.max(figure[0], decades[0]);
    const medians = data.rows.map((row) => at(row.figures[0]));
    const least = decades.findLast((time) => time <= Math.min(...medians));
    const width = box.clientWidth < 560 ? 110 : 260;
    const datasets = spreadParts.map((part, i) => bars(part[0], part.slice(1), data.rows
      .map((row, y) => ({x: [at(row.figures[i]), at(row.figures[i + 1])], y: String(y), row}))
      .filter((bar) => bar.x[0] < bar.x[1]), 'rows')).map((set) => ({...set, pointStyle: 'rect'}));
    const points = (label, style, of) => ({
      type: 'line', showLine: false, indexAxis: 'y', label, xAxisID: 'x', yAxisID: 'rows',
      pointRadius: 4, pointStyle: style, pointRotation: 90, borderColor: colour('--ink'),
      backgroundColor: colour('--ink'), data: data.rows.map((row, y) => ({row, y: String(y), x: of(row)}))
        .filter((point) => point.x !== null),
    });
    datasets.unshift(points('median', 'circle', (row) => at(row.figures[0])),
      points('longer than that', 'triangle', (row) => {
        const beyond = row.figures.find((figure) => figure[1]);
        return beyond ? at(beyond) : null;
      }));
    const drawn = datasets.filter((set) => set.data.length > 0);
    const most = Math.max(...data.rows.map((row) => at(row.figures[3])));
    const options = base({bars: [], lines: []});
    options.indexAxis = 'y';
    options.layout.padding = {top: 4, right: 16};
    options.plugins.legend.position = 'top';
    options.plugins.legend.labels.usePointStyle = true;
    const axis = timeAxis(0, 1, 1, data.name);
    options.scales = {
      x: {...axis, type: 'logarithmic', position: 'top', min: least,
        max: decades.find((time) => time >= most && time > least) || most,
        afterBuildTicks: (scale) => {
          scale.ticks = decades.filter((time) => time >= scale.min && time <= scale.max)
            .map((value) => ({value}));
        },
        ticks: {...axis.ticks, callback: (value) => value < 100 ? value + 'ms' : timeText(value)}},
      rows: rowAxis(data.rows.map((row) => row.name), width),
    };
    options.plugins.tooltip.callbacks = {
      title: (items) => items.length > 0 ? items[0].raw.row.name : '',
      label: (item) => ['p50', 'p95', 'p99', 'max']
        .map((name, i) => name + ' ' + item.raw.row.figures[i][2]),
    };
    box.style.height = 90 + 18 * data.rows.length + 'px';
    return {type: 'bar', data: {datasets: drawn}, options};
  }

  const makers = {timeline, split, leases, spread};
  const charts = new Map();
  let printing = false;
  function draw(box) {
    if (charts.has(box)) return;
    const data = JSON.parse(document.getElementById('data-' + box.dataset.drill).textContent);
    const canvas = box.querySelector('canvas');
    const config = makers[box.dataset.chart](box, data);
    charts.set(box, new Chart(canvas, {...config, plugins: [bands]}));
  }
  function erase(box) {
    const chart = charts.get(box);
    if (chart) chart.destroy();
    charts.delete(box);
  }
  function redraw() {
    const drawn = [...charts.keys()];
    drawn.forEach(erase);
    drawn.forEach(draw);
  }
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
  }, {rootMargin: '400px'});
  all('.canvas').forEach((box) => seen.observe(box));
  // A closed drill needs no charts.
  document.addEventListener('toggle', (event) => {
    if (event.target.matches('.drill:not([open])')) all('.canvas', event.target).forEach(erase);
    reachable();
  }, true);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);

  // What scrolls can be scrolled with the keyboard.
  function reachable() {
    // Not of closed drills: asking for their size would lay all of them out.
    for (const box of all('section > .scroll, .drill[open] .scroll')) {
      if (box.scrollWidth > box.clientWidth) {
        box.tabIndex = 0;
        box.setAttribute('role', 'region');
        box.setAttribute('aria-label', box.querySelector('caption').textContent);
      } else {
        box.removeAttribute('tabindex');
      }
    }
  }
  let waiting = 0;
  addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(reachable, 200);
  });

  let opened = [];
  addEventListener('beforeprint', () => {
    printing = true;
    root.dataset.theme = 'print';
    opened = all('.drill:not([open]), section > .data:not([open])');
    for (const details of opened) details.open = true;
    [...charts.keys()].forEach(erase);
    all('.canvas').forEach(draw);
  });
  addEventListener('afterprint', () => {
    printing = false;
    delete root.dataset.theme;
    [...charts.keys()].forEach(erase);
    for (const details of opened) details.open = false;
    all('.drill[open] .canvas').forEach((box) => { seen.unobserve(box); seen.observe(box); });
  });

  const form = document.getElementById('filter');
  function apply() {
    const name = document.getElementById('by-name').value.trim().toLowerCase();
    const drills = all('.drill');
    let shown = 0;
    for (const drill of drills) {
      const fits = all('select', form).every((choice) => choice.value === '*' ||
          drill.dataset[choice.dataset.by] === choice.value) &&
        (name === '' || drill.querySelector('summary').textContent.toLowerCase().includes(name));
      drill.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    for (const row of all('tr[data-drill]')) {
      row.hidden = document.getElementById(row.dataset.drill).hidden;
    }
    document.getElementById('shown').value =
      `${shown} of ${drills.length} ${form.dataset.what} are shown`;
    reachable();
  }
  if (form) {
    form.hidden = false;
    form.addEventListener('input', apply);
    form.addEventListener('submit', (event) => event.preventDefault());
    apply();
  }

  // A link to a drill opens it, also one that was filtered away or closed again.
  function follow() {
    const id = location.hash.slice(1);
    const drill = id && document.getElementById(id);
    if (!drill || !drill.matches('.drill')) return;
    if (drill.hidden) {
      form.reset();
      apply();
    }
    drill.open = true;
    drill.scrollIntoView();
  }
  addEventListener('hashchange', follow);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) follow();
  });
  follow();
  reachable();
})();
