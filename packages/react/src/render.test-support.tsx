import { act, Component } from 'react'
import type { ReactNode } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { MockInstance } from 'vitest'

/** A rendered tree. */
export interface Rendered {
  readonly text: () => string
  readonly update: (tree: ReactNode) => Promise<void>
  readonly unmount: () => Promise<void>
}

const mounted = new Set<() => Promise<void>>()

/** Something that a component hands out to its test. */
export const createHandle = (): { run: () => void } => ({ run: () => undefined })

const recovered: string[] = []
const onRecoverableError = (error: unknown): void => void recovered.push(`recovered ${String(error)}`)

/** Renders into the document; whatever is still there after a test is taken away. */
export async function render(tree: ReactNode, html?: string): Promise<Rendered> {
  const container = document.createElement('div')
  document.body.append(container)
  if (html !== undefined) container.innerHTML = html
  const root =
    html === undefined
      ? createRoot(container)
      : await act(async () => hydrateRoot(container, tree, { onRecoverableError }))
  const update = (next: ReactNode): Promise<void> => act(async () => root.render(next))
  const unmount = async (): Promise<void> => {
    if (!mounted.delete(unmount)) return
    await act(async () => root.unmount())
    container.remove()
  }
  mounted.add(unmount)
  if (html === undefined) await update(tree)
  return { text: () => container.textContent, update, unmount }
}

/** Runs something that makes components render, until they have. */
export async function change(work: () => unknown): Promise<void> {
  await act(async () => void (await work()))
}

/** Lets everything run until the page shows `text`. */
export async function untilShown(page: Rendered, text: string, work: () => unknown): Promise<void> {
  for (let round = 0; round < 200 && page.text() !== text; round++) await change(work)
  expect(page.text()).toBe(text)
}

/** What React complained about in a test; a test that expects complaints takes them away. */
export function watchComplaints(): () => readonly string[] {
  let spy: MockInstance<typeof console.error>
  const take = (): readonly string[] => {
    const complaints = [...recovered.splice(0), ...spy.mock.calls.map(call => call.map(String).join(' '))]
    spy.mockClear()
    // Only tests have a server and a page in one process.
    return complaints.filter(complaint => !complaint.includes('multiple renderers concurrently'))
  }
  beforeEach(() => void (spy = vi.spyOn(console, 'error').mockImplementation(() => undefined)))
  afterEach(async () => {
    for (const unmount of mounted) await unmount()
    expect(take()).toEqual([])
    spy.mockRestore()
  })
  return take
}

/** Shows the message of what is thrown below it, until somebody resets it. */
export class Boundary extends Component<
  { readonly children?: ReactNode },
  { readonly error?: Error | undefined }
> {
  override state: { readonly error?: Error | undefined } = {}

  static getDerivedStateFromError(error: Error): { readonly error: Error } {
    return { error }
  }

  readonly reset = (): void => this.setState({ error: undefined })

  override render(): ReactNode {
    return this.state.error ? `caught: ${this.state.error.message}` : this.props.children
  }
}
