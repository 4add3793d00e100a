import { nextConfig } from '@evergrant/page-kit/next'
import type { NextConfig } from 'next'

const config: NextConfig = {
  ...nextConfig,
  // Else it compresses the event stream, and holds events back until a block is full.
  compress: false,
}

export default config
