/** An account of the emulator. It is visibly fake. */
export interface ExampleAccount {
  readonly username: string
  readonly password: string
}
