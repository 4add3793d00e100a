// Bundlers name this file where a client component imports something by name: its name has to say it all.
throw new Error(
  '@evergrant/next works on the server only, and a client component imports it. Call its functions in server components, server actions, route handlers or proxy.ts. In client components import @evergrant/react, and fetch through your route of createApiProxyRoutes.',
)
