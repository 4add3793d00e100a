let isLeaving = false

/** Remembers that this very tab signs out: what it hears about its session from now on is no news. */
export function leaveOnPurpose(): void {
  isLeaving = true
}

/** Tells whether this tab is signing out; `stay` ends that. */
export function isLeavingOnPurpose(): boolean {
  return isLeaving
}

/** Begins anew, when somebody is signed in. */
export function stay(): void {
  isLeaving = false
}
