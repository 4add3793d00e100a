import type { Point } from './projection.ts'

/** Something that has a place on the drawing. */
export interface Placed<Item> {
  readonly item: Item
  readonly point: Point
}

/** Things that are too close to each other to be told apart. */
export interface Cluster<Item> {
  readonly items: readonly Item[]
  /** The middle of its members. */
  readonly point: Point
}

/**
 * Puts together what is nearer than `distance` pixels to a group's middle, in the order given: the same input always
 * makes the same groups. No two groups are nearer than that in the end, so marks of that size never overlap.
 */
export function clusterOf<Item>(placed: readonly Placed<Item>[], distance: number): Cluster<Item>[] {
  let clusters: Cluster<Item>[] = placed.map(({ item, point }) => ({ items: [item], point }))
  for (;;) {
    const merged = mergeNear(clusters, distance)
    if (merged.length === clusters.length) return merged
    clusters = merged
  }
}

function mergeNear<Item>(clusters: readonly Cluster<Item>[], distance: number): Cluster<Item>[] {
  const merged: Cluster<Item>[] = []
  for (const cluster of clusters) {
    const index = merged.findIndex(({ point }) => distanceOf(point, cluster.point) < distance)
    const near = merged[index]
    if (near === undefined) merged.push(cluster)
    else merged[index] = join(near, cluster)
  }
  return merged
}

function join<Item>(first: Cluster<Item>, second: Cluster<Item>): Cluster<Item> {
  const items = [...first.items, ...second.items]
  const share = second.items.length / items.length
  const between = (from: number, to: number): number => from + (to - from) * share
  const { point } = first
  return { items, point: { x: between(point.x, second.point.x), y: between(point.y, second.point.y) } }
}

function distanceOf(first: Point, second: Point): number {
  return Math.hypot(first.x - second.x, first.y - second.y)
}
