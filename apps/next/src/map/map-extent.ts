import type { Extent } from './projection.ts'

/** What the map shows: the roads between Bilbao and Kaunas, Zaragoza and Kolding. */
export const mapExtent: Extent = { west: -4.6, east: 26.4, south: 40.6, north: 57.1 }
