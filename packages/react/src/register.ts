/**
 * Names the tokens of your application. Extend it once:
 * `declare module '@evergrant/react' { interface Register { tokens: { travis: BrowserTokens } } }`.
 */
// oxlint-disable-next-line typescript/no-empty-interface, typescript/no-empty-object-type -- users fill it
export interface Register {}

/** What the hooks take: the registered names, or any name as long as nothing is registered. */
export type TokensName = Register extends { readonly tokens: infer Tokens } ? keyof Tokens & string : string
