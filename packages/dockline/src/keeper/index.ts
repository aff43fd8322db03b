export { hasKeeper, KEEPER_ARCHITECTURES, type KeeperArchitecture, keeperOf, keeperTar } from './keeper.js'
