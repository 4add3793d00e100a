'use client'

import type { ReactNode } from 'react'
import { useFormStatus } from 'react-dom'
import { leaveOnPurpose } from '../lib/leaving.ts'

export function SignOutButton(): ReactNode {
  const { pending } = useFormStatus()
  return (
    <button type="submit" aria-disabled={pending} onClick={leaveOnPurpose}>
      {pending ? 'Signing out…' : 'Sign out'}
    </button>
  )
}
