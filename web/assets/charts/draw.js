// Draws with ECharts on a canvas: no inline style, tooltips drawn in the picture, patterns beside colours.
import { BarChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([BarChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

const INK = '#1c2733';
const SOFT = '#52606d';
const BLUE = '#1b4b8f';
const GREEN = '#2d7a4b';
const RED = '#b3261e';
const YELLOW = '#d39400';
const PALE = '#9db8dd';
const STRIPES = { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: 'rgba(255,255,255,.45)' };
const DOTS = { symbol: 'circle', symbolSize: 0.6, color: 'rgba(255,255,255,.55)' };
const PLAIN = { symbol: 'none' };
const drawn = [];

export function draw(element, name, rows, title, pick) {
  const chart = echarts.init(element, null, { renderer: 'canvas' });
  chart.setOption({ ...frame(title), ...OPTIONS[name](rows) });
  chart.on('click', (event) => pick(rows[event.dataIndex]));
  drawn.push(chart);
}

let waiting = 0;
window.addEventListener('resize', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => drawn.forEach((chart) => chart.resize()), 150);
});
window.addEventListener('beforeprint', () => drawn.forEach((chart) => chart.resize()));

function frame(title) {
  return {
    animation: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: INK, fontSize: 13 },
    aria: { enabled: true, label: { description: `${title}。数据见图下的数据表。` }, decal: { show: false } },
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, axisPointer: { type: 'shadow' }, textStyle: { color: INK, fontSize: 13 } },
    legend: { bottom: 0, itemWidth: 18, itemHeight: 12, textStyle: { color: INK } },
    grid: { left: 8, right: 28, top: 16, bottom: 40, containLabel: true },
  };
}

const value = { type: 'value', minInterval: 1, axisLabel: { color: SOFT }, splitLine: { lineStyle: { color: '#e8edf3' } } };
const names = (rows, width) => ({
  type: 'category',
  data: rows.map((row) => row.name),
  inverse: true,
  axisTick: { show: false },
  axisLabel: { color: INK, width, overflow: 'truncate' },
});
const bar = (name, data, color, decal, more) => ({ name, type: 'bar', data, itemStyle: { color, decal }, barMaxWidth: 22, ...more });
const narrow = () => window.innerWidth < 768;

const OPTIONS = {
  weeks: (rows) => ({
    xAxis: { type: 'category', data: rows.map((row) => row.monday), axisLabel: { color: SOFT }, axisTick: { show: false } },
    yAxis: value,
    series: [
      bar('收到', rows.map((row) => row.received), PALE, DOTS),
      bar('按期办结', rows.map((row) => row.in_time), GREEN, PLAIN, { stack: 'done' }),
      bar('超期办结', rows.map((row) => row.late), RED, STRIPES, { stack: 'done' }),
    ],
  }),
  stages: lengths,
  clocks: lengths,
  people: (rows) => ({
    xAxis: value,
    yAxis: names(rows, narrow() ? 70 : 110),
    grid: { left: 8, right: 28, top: 16, bottom: narrow() ? 64 : 40, containLabel: true },
    series: [
      bar('手中超期', rows.map((row) => row.red), RED, STRIPES, { stack: 'held' }),
      bar('手中临近', rows.map((row) => row.yellow), YELLOW, DOTS, { stack: 'held' }),
      bar('手中正常', rows.map((row) => row.held - row.red - row.yellow), BLUE, PLAIN, { stack: 'held' }),
      bar('近 30 天办结', rows.map((row) => row.finished), PALE, PLAIN),
    ],
  }),
};

function lengths(rows) {
  return {
    xAxis: { ...value, minInterval: 0 },
    yAxis: names(rows, narrow() ? 96 : 150),
    series: [
      bar('中位数', rows.map((row) => row.median), BLUE, PLAIN),
      bar('九成不超过', rows.map((row) => row.p90), PALE, DOTS),
      { name: '期限', type: 'scatter', symbol: 'rect', symbolSize: [4, 24], itemStyle: { color: RED }, z: 5, data: rows.map((row) => row.limit) },
    ],
  };
}
