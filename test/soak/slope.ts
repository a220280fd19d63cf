/** The slope of the line that best fits a set of points. */

/** `y` at `x`. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The growth of `y` per unit of `x`, by least squares; 0 for fewer than two different `x`. */
export function slopeOf(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  return spread === 0 ? 0 : points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
}
