import NextAuth from 'next-auth'
import { tokens } from './lib/tokens.ts'

// `trustHost`: serve.js answers to this machine's own names and to no other.
const configured = NextAuth(() =>
  tokens().withTokens({ trustHost: true, pages: { error: '/', signIn: '/' } }),
)

export const { handlers, auth, signIn, signOut } = configured
