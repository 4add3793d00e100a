import { memo } from 'react'
import type { ReactNode } from 'react'
import { countryNames } from '../map/country-names.ts'
import { borderLines, lakeRings, landRings } from '../map/outlines.ts'
import { pathOf } from '../map/projection.ts'
import type { Projection } from '../map/projection.ts'

// Where names would cover each other.
const narrow = 480

/** Land, lakes, borders and names: what lies below the marks, for the eye only. */
export const MapGround = memo(function MapGround({
  projection,
}: {
  readonly projection: Projection
}): ReactNode {
  return (
    <g aria-hidden="true">
      <path className="land" d={pathOf(landRings, projection, true)} />
      <path className="lake" d={pathOf(lakeRings, projection, true)} />
      <path className="border" d={pathOf(borderLines, projection, false)} />
      {projection.width > narrow &&
        countryNames.map(({ name, ...position }) => {
          const { x, y } = projection.project(position)
          return (
            <text key={name} className="country" x={x.toFixed(1)} y={y.toFixed(1)}>
              {name}
            </text>
          )
        })}
    </g>
  )
})
