/** A point on the earth, in degrees. */
export interface Position {
  readonly longitude: number
  readonly latitude: number
}

/** A point of the drawing, in pixels from its top left corner. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** A part of the earth, in degrees. */
export interface Extent {
  readonly west: number
  readonly east: number
  readonly south: number
  readonly north: number
}

/** A drawing of a part of the earth. */
export interface Projection {
  /** In pixels. */
  readonly width: number
  /** In pixels; what keeps the shape of countries at this width. */
  readonly height: number
  readonly project: (position: Position) => Point
}

/**
 * Makes Mercator's projection of an extent, as wide as is told: north is up everywhere, and angles are right, so that
 * countries have the shape that people know.
 */
export function createProjection({ west, east, south, north }: Extent, width: number): Projection {
  const scale = width / (radians(east) - radians(west))
  const top = mercatorOf(north)
  const project = ({ longitude, latitude }: Position): Point => ({
    x: (radians(longitude) - radians(west)) * scale,
    y: (top - mercatorOf(latitude)) * scale,
  })
  return { width, height: (top - mercatorOf(south)) * scale, project }
}

/** Reads a line of coordinates: `longitude,latitude`, with spaces between points. */
export function parseLine(text: string): Position[] {
  return text.split(' ').map(pair => {
    const [longitude = Number.NaN, latitude = Number.NaN] = pair.split(',').map(Number)
    return { longitude, latitude }
  })
}

/** Writes lines as the `d` of an SVG path, to a tenth of a pixel. */
export function pathOf(lines: readonly string[], { project }: Projection, isClosed: boolean): string {
  return lines
    .map(line => {
      const points = parseLine(line).map(position => {
        const { x, y } = project(position)
        return `${tenths(x)},${tenths(y)}`
      })
      return `M${points.join('L')}${isClosed ? 'Z' : ''}`
    })
    .join('')
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}

function mercatorOf(latitude: number): number {
  return Math.log(Math.tan(Math.PI / 4 + radians(latitude) / 2))
}
