/** What is measured. `bare` does the least that a proxy can do. */
export const subjects = ['bare', 'middleware', 'middleware-keep-alive', 'evergrant'] as const
export type Subject = (typeof subjects)[number]
