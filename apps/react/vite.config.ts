import { pageBuild } from '@evergrant/page-kit/build'
import { defineConfig } from 'vite'
import type { UserConfig } from 'vite'

const config: UserConfig = defineConfig({ build: pageBuild })
export default config
