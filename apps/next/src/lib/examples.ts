/** An account of the emulator, which anybody may try. */
export interface ExampleAccount {
  readonly username: string
  readonly password: string
}

/** Reads the accounts that the start script offers in `EXAMPLE_ACCOUNTS`, as JSON. Against the real TRAVIS there are none. */
export function exampleAccounts(text: string | undefined): ExampleAccount[] {
  if (text === undefined || text === '') return []
  const accounts: unknown = JSON.parse(text)
  return Array.isArray(accounts) ? (accounts as unknown[]).filter(isAccount) : []
}

function isAccount(value: unknown): value is ExampleAccount {
  const { username, password } = (value ?? {}) as Partial<ExampleAccount>
  return typeof username === 'string' && typeof password === 'string'
}
