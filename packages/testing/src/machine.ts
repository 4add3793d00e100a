export { findBrowser } from './browser-program.ts'
export type { BrowserProgram } from './browser-program.ts'
export { findProgram } from './machine-program.ts'
