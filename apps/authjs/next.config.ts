export { nextConfig as default } from '@evergrant/page-kit/next'
