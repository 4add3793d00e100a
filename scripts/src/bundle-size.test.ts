import { expect, test } from 'vitest'
import { bundleSize } from './bundle-size.ts'
import { bundledPrograms } from './bundled-programs.ts'

test.each(bundledPrograms)('$title is no larger than it was', async program => {
  expect(await bundleSize(program)).toBeLessThan(program.limitBytes)
})
