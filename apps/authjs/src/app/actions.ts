'use server'

import { signIn, signOut } from '../auth.ts'

export async function goToSignIn(): Promise<void> {
  await signIn('travis', { redirectTo: '/' })
}

export async function leave(): Promise<void> {
  await signOut({ redirectTo: '/?left=1' })
}
