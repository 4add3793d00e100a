import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { checkRepository } from './repository-rules.ts'
import { workspacePackages } from './workspace.ts'

const repositories: string[] = []

afterEach(() => {
  for (const repository of repositories.splice(0)) rmSync(repository, { recursive: true })
})

const manifest = (name: string, members: object = {}): string =>
  JSON.stringify({
    name: `@evergrant/${name}`,
    type: 'module',
    license: 'MIT',
    engines: { node: '>=20.19' },
    scripts: { build: '-', typecheck: '-', lint: '-', test: '-' },
    ...members,
  })

/** A repository of the given files; returns what the rules say of it. */
function check(files: Record<string, string>): string[] {
  const repository = mkdtempSync(join(tmpdir(), 'evergrant-rules-'))
  repositories.push(repository)
  const express = {
    'packages/express/package.json': manifest('express'),
    'apps/express/package.json': manifest('app-express', {
      private: true,
      dependencies: { '@evergrant/express': 'workspace:*' },
    }),
    'apps/express/src/main.ts': "import { accessTokens } from '@evergrant/express'",
    'apps/express/src/gateway.e2e.test.ts': '',
  }
  for (const [path, text] of Object.entries({
    'packages/core/package.json': manifest('core'),
    ...express,
    ...files,
  })) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), text)
  }
  return checkRepository(workspacePackages(repository))
}

describe('the rules of the repository', () => {
  test('hold for this repository', () => {
    expect(checkRepository(workspacePackages())).toEqual([])
  })

  test('hold for a sound repository', () => {
    expect(check({ 'packages/core/src/index.ts': "import { a } from './a.ts'" })).toEqual([])
  })

  test('refuse a dependency that points upward', () => {
    expect(check({ 'packages/core/src/index.ts': "import { a } from '@evergrant/express'" })).toContain(
      'packages/core/src/index.ts imports @evergrant/express: dependencies point downward only.',
    )
  })

  test('refuse an emulator that imports the engine', () => {
    const files = {
      'packages/emulator/package.json': manifest('emulator'),
      'packages/emulator/src/index.ts': "import type { A } from '@evergrant/core/source'",
    }
    expect(check(files)).toContain(
      'packages/emulator/src/index.ts imports @evergrant/core/source: dependencies point downward only.',
    )
  })

  test('refuse node:* where a package must run in a browser, also in a dynamic import', () => {
    expect(check({ 'packages/core/src/a.ts': "const fs = await import('node:fs')" })).toEqual([
      'packages/core/src/a.ts imports node:fs, but core must run without Node.js.',
    ])
  })

  test('refuse a module of Node.js that is named without node: as well', () => {
    const files = {
      'packages/core/src/a.ts': "import { readFileSync } from 'fs'\nimport path from 'path/posix'",
    }
    expect(check(files)).toEqual([
      'packages/core/src/a.ts imports fs, but core must run without Node.js.',
      'packages/core/src/a.ts imports path/posix, but core must run without Node.js.',
    ])
  })

  test('refuse a testing package that imports the engine', () => {
    const files = {
      'packages/testing/package.json': manifest('testing', {
        dependencies: { '@evergrant/core': 'workspace:*' },
      }),
      'packages/testing/src/index.ts': "import type { Clock } from '@evergrant/core'",
    }
    expect(check(files)).toEqual([
      'packages/testing/src/index.ts imports @evergrant/core: dependencies point downward only.',
    ])
  })

  test('refuse an import that the package does not declare, in packages and in apps', () => {
    const files = {
      'packages/core/package.json': manifest('core', { devDependencies: { jose: '6.2.17' } }),
      'packages/core/src/a.ts': "import { jwtVerify } from 'jose/jwt/verify'",
      'packages/core/src/a.test.ts': "import { jwtVerify } from 'jose/jwt/verify'",
      'apps/express/src/store.ts': "import type { Store } from '@scope/store/memory'",
    }
    expect(check(files)).toEqual([
      'apps/express/src/store.ts imports @scope/store/memory, which its package.json does not declare.',
      'packages/core/src/a.ts imports jose/jwt/verify, which its package.json does not declare.',
    ])
  })

  test('allow what is a dependency or a peer dependency', () => {
    const files = {
      'packages/core/package.json': manifest('core', {
        dependencies: { oauth4webapi: '3.8.8' },
        peerDependencies: { '@scope/store': '^1.0.0' },
      }),
      'packages/core/src/a.ts': "import 'oauth4webapi'\nimport '@scope/store/memory'",
    }
    expect(check(files)).toEqual([])
  })

  test('allow node:* and anything of ours in tests', () => {
    expect(
      check({ 'packages/core/src/a.test.ts': "import 'node:fs'\nimport '@evergrant/emulator'" }),
    ).toEqual([])
  })

  test('refuse an adapter that imports another', () => {
    const files = {
      'packages/next/package.json': manifest('next'),
      'packages/next/src/index.ts': "export * from '@evergrant/express'",
    }
    expect(check(files)).toContain(
      'packages/next/src/index.ts imports @evergrant/express: adapters never import each other.',
    )
  })

  test('refuse an adapter without an app', () => {
    expect(check({ 'packages/hono/package.json': manifest('hono') })).toEqual([
      'packages/hono is an adapter without an app: enter one in adapterProofs.',
    ])
  })

  test('refuse an app that does not import its adapter', () => {
    expect(check({ 'apps/express/src/main.ts': '' })).toEqual([
      'apps/express does not import @evergrant/express.',
    ])
  })

  test('refuse a relative import that leaves the package', () => {
    expect(check({ 'packages/core/src/a.ts': "import '../../express/src/index.ts'" })).toEqual([
      'packages/core/src/a.ts imports ../../express/src/index.ts, outside its package.',
    ])
  })

  describe('of what is published', () => {
    const exports = { '.': { 'evergrant-src': './src/index.ts', default: './dist/index.js' } }
    const problem =
      'packages/core/package.json: "publishConfig.exports" must be "exports" without "evergrant-src".'

    test('allow the entry points without the sources', () => {
      const publishConfig = { exports: { '.': { default: './dist/index.js' } } }
      expect(check({ 'packages/core/package.json': manifest('core', { exports, publishConfig }) })).toEqual(
        [],
      )
    })

    test.each([
      ['that leads to the sources', { exports }],
      ['that lacks an entry point', { exports: {} }],
      ['that is missing', undefined],
    ])('refuse a list of entry points %s', (_title, publishConfig) => {
      expect(check({ 'packages/core/package.json': manifest('core', { exports, publishConfig }) })).toEqual([
        problem,
      ])
    })

    test('ask nothing of a private package', () => {
      const app = manifest('app-express', {
        private: true,
        exports,
        dependencies: { '@evergrant/express': 'workspace:*' },
      })
      expect(check({ 'apps/express/package.json': app })).toEqual([])
    })
  })

  test('refuse an unknown package, a floating version and a missing script', () => {
    const files = {
      'packages/extra/package.json': manifest('extra', {
        dependencies: { jose: '^6.0.0' },
        scripts: { build: '-' },
      }),
    }
    expect(check(files)).toEqual([
      'packages/extra: enter the package in scripts/src/repository-rules.ts.',
      'packages/extra/package.json: the script "typecheck" is missing.',
      'packages/extra/package.json: the script "lint" is missing.',
      'packages/extra/package.json: the script "test" is missing.',
      'packages/extra/package.json: jose must be pinned exactly, not ^6.0.0.',
    ])
  })
})
