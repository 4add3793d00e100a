export { defineTokenTimeline, TokenTimeline } from './element.ts'
export * from './text.ts'
