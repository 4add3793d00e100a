import module from 'node:module'

type Resolve = (specifier: string, context: object) => unknown

// The types are those of Node.js 20, which knows no such hooks; tests run on 24.
const { registerHooks } = module as unknown as {
  registerHooks: (hooks: { resolve: (specifier: string, context: object, next: Resolve) => unknown }) => void
}

// Set up before the tests of React 18: libraries that import `react` get the same one as the sources.
registerHooks({
  resolve: (specifier, context, next) =>
    /^react(-dom)?(?=$|\/)/.test(specifier)
      ? next(specifier.replace(/^react(-dom)?/, '$&18'), { ...context, parentURL: import.meta.url })
      : next(specifier, context),
})
