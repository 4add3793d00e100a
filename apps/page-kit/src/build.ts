export { buildPage } from './build/build-page.ts'
export type { BuildPageOptions } from './build/build-page.ts'
export { pageBuild } from './build/page-build.ts'
export { serveSources } from './build/serve-sources.ts'
