import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export type Bars = { readonly labels: readonly string[]; readonly values: readonly (number | null)[] };

/** Colours as the theme has them now; a canvas cannot read custom properties. */
export type ChartColors = { readonly bar: string; readonly text: string; readonly line: string };

const HEIGHT = 200;
/** As wide as a short label. */
const LABEL_WIDTH = 80;
const LONGEST_LABEL = 12;

const short = (label: string): string => (label.length <= LONGEST_LABEL ? label : `${label.slice(0, LONGEST_LABEL - 1)}…`);

/** Draws bars into the element and gives what takes them away. */
export const drawChart = (holder: HTMLElement, { labels, values }: Bars, { bar, text, line }: ChartColors): (() => void) => {
  const places = labels.map((_, index) => index);
  // So many labels as have room, the first always among them.
  const labelled = (width: number): number[] => {
    const step = Math.max(1, Math.ceil(labels.length / Math.max(1, Math.floor(width / LABEL_WIDTH))));
    return places.filter((index) => index % step === 0);
  };
  const width = (): number => Math.max(holder.clientWidth, 160);
  const paths = UPlot.paths.bars?.({ size: [0.7, 60] });
  const bars = paths === undefined ? {} : { paths };
  const plot = new UPlot(
    {
      width: width(),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-0.6, labels.length - 0.4] },
        y: { range: (_, least, most) => [Math.min(0, least ?? 0), Math.max(0, most ?? 0) * 1.05 || 1] },
      },
      axes: [
        {
          stroke: text,
          grid: { show: false },
          ticks: { show: false },
          size: 28,
          splits: (self) => labelled(self.width),
          values: (_, splits) => splits.map((index) => short(labels[index] ?? '')),
        },
        { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line } },
      ],
      series: [{}, { fill: bar, stroke: bar, points: { show: false }, ...bars }],
    },
    [places, [...values]],
    holder,
  );
  const observer = new ResizeObserver(() => plot.setSize({ width: width(), height: HEIGHT }));
  observer.observe(holder);
  return () => {
    observer.disconnect();
    plot.destroy();
  };
};
