export { settle } from './platform-work.ts'
export { seededRandom } from './random.ts'
export { VirtualClock } from './virtual-clock.ts'
