import { describe, expect, test } from 'vitest'
import { mapExtent } from './map-extent.ts'
import { borderLines, lakeRings, landRings } from './outlines.ts'
import { createProjection, parseLine, pathOf } from './projection.ts'

const extent = { west: 0, east: 20, south: 40, north: 60 }

describe('createProjection', () => {
  test('puts the corners of the extent at the corners of the drawing', () => {
    const { project, width, height } = createProjection(extent, 500)
    const northWest = project({ longitude: 0, latitude: 60 })
    const southEast = project({ longitude: 20, latitude: 40 })
    expect([northWest.x, northWest.y]).toEqual([0, 0])
    expect(southEast.x).toBeCloseTo(width)
    expect(southEast.y).toBeCloseTo(height)
  })

  test.each([
    // A degree is as long northward as eastward where the map is true: 1 / cos(latitude).
    ['at 45 degrees', 45, Math.SQRT2],
    ['at 60 degrees', 59.5, 1.97],
  ])('keeps the shape of countries %s', (_, latitude, stretch) => {
    const { project } = createProjection(extent, 1000)
    const start = project({ longitude: 10, latitude })
    const east = project({ longitude: 10.1, latitude })
    const north = project({ longitude: 10, latitude: latitude + 0.1 })
    expect((start.y - north.y) / (east.x - start.x)).toBeCloseTo(stretch, 1)
  })

  test('a wider drawing is higher in the same proportion', () => {
    expect(createProjection(extent, 800).height / createProjection(extent, 400).height).toBeCloseTo(2)
  })
})

describe('pathOf', () => {
  test.each([
    [true, 'M0,0L500,0Z'],
    [false, 'M0,0L500,0'],
  ])('writes lines that are closed: %s', (isClosed, expected) => {
    expect(pathOf(['0,60 20,60'], createProjection(extent, 500), isClosed)).toBe(expected)
  })
})

describe('the outlines', () => {
  test('are readable numbers within Europe', () => {
    for (const line of [...landRings, ...lakeRings, ...borderLines]) {
      const points = parseLine(line)
      expect(points.length).toBeGreaterThan(1)
      for (const { longitude, latitude } of points) {
        expect(longitude).toSatisfy((value: number) => value >= -11 && value <= 31)
        expect(latitude).toSatisfy((value: number) => value >= 35 && value <= 62)
      }
    }
  })

  test.each([
    ['Rotterdam', 4.2786, 51.8823, true],
    ['Antwerpen', 4.3756, 51.2589, true],
    ['Irún', -1.8094, 43.3312, true],
    ['Kolding', 9.4405, 55.5198, true],
    ['Kaunas', 23.8718, 54.9402, true],
    ['Brescia', 10.2106, 45.5007, true],
    ['the North Sea', 3, 54.5, false],
    ['the Baltic Sea', 17.5, 55.6, false],
    ['the Adriatic Sea', 14.5, 43.6, false],
    ['the Bay of Biscay', -4, 45.5, false],
  ])('%s is where it belongs', (_, longitude, latitude, isLand) => {
    expect(landRings.some(ring => contains(ring, longitude, latitude))).toBe(isLand)
  })

  test('reach beyond the map on all sides, so that no coast ends in it', () => {
    const points = landRings.flatMap(parseLine)
    expect(Math.max(...points.map(({ longitude }) => longitude))).toBeGreaterThan(mapExtent.east)
    expect(Math.min(...points.map(({ latitude }) => latitude))).toBeLessThan(mapExtent.south)
  })
})

/** Whether a ray to the east crosses the ring an odd number of times. */
function contains(ring: string, longitude: number, latitude: number): boolean {
  const points = parseLine(ring)
  let isInside = false
  for (const [index, end] of points.entries()) {
    const start = points.at(index - 1)!
    if (start.latitude > latitude === end.latitude > latitude) continue
    const share = (latitude - start.latitude) / (end.latitude - start.latitude)
    if (longitude < start.longitude + share * (end.longitude - start.longitude)) isInside = !isInside
  }
  return isInside
}
