// The few pictures beside words, as paths: no fonts with pictures are needed.
import { svg } from './dom';

const paths = {
  clock: 'M8 1.5a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zm0 1.500a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM7.300 4.500h1.400v3.300l2.300 1.400-.7 1.200-3-1.800z',
  whole: 'M2 2h4.500v1.500h-3v3H2zM9.500 2H14v4.500h-1.500v-3h-3zM2 9.500h1.500v3h3V14H2zM12.500 9.500H14V14H9.500v-1.500h3z',
  soundOn: 'M2 6v4h2.500L8 13V3L4.500 6zM10 5.300a3.500 3.500 0 0 1 0 5.400l.9 1.200a5 5 0 0 0 0-7.800zM12 3a6.500 6.500 0 0 1 0 10l.9 1.100a8 8 0 0 0 0-12.200z',
  soundOff: 'M2 6v4h2.500L8 13V3L4.500 6zM10.200 5.600 9.400 6.400 11 8l-1.600 1.600.8.800L11.800 8.800l1.600 1.600.8-.8L12.600 8l1.600-1.600-.8-.8-1.600 1.600z',
};

/** A picture of 1 em, hidden from screen readers: the word beside it says it. */
export function icon(name: keyof typeof paths): SVGSVGElement {
  return svg('svg', { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: paths[name] }));
}
