import { loadSettings, mountPage } from '@evergrant/page-kit/page'
import type { PageSettings } from '../settings.ts'
import { createPage } from './create-page.tsx'
import { Root } from './root.tsx'

const settings = (await loadSettings()) as PageSettings
mountPage(<Root page={createPage(settings)} />)
