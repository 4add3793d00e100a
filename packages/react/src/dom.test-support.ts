import { Window } from 'happy-dom'

// The document alone: requests, responses and signals stay those of the platform, as in a real page.
const window = new Window({ url: 'https://app.test/' })
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: true })
