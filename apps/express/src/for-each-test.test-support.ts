import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { startTestGateway } from './gateway.test-support.ts'
import type { TestGateway } from './gateway.test-support.ts'
import { GatewayPage, launchBrowser } from './page.test-support.ts'
import type { GatewayPageOptions } from './page.test-support.ts'

/** Gives each test a gateway of its own, and expects that nothing happens which the gateway did not expect. */
export function gatewayForEachTest(take: (gateway: TestGateway) => void): void {
  let gateway: TestGateway
  beforeEach(async () => {
    gateway = await startTestGateway()
    take(gateway)
  })
  afterEach(async () => {
    await gateway.close()
    expect(gateway.faults).toEqual([])
  })
}

/** The same with the page in a browser, which all tests of the block share. */
export function pageForEachTest(take: (shown: GatewayPage) => void, options?: GatewayPageOptions): void {
  let browser: Browser
  let shown: GatewayPage
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    shown = await GatewayPage.start(browser, options)
    take(shown)
  })
  afterEach(async () => {
    const { complaints, gateway } = shown
    await shown.close()
    expect(complaints).toEqual([])
    expect(gateway.faults).toEqual([])
  })
}
