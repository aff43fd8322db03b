import type { Volume, VolumeCreateBody } from '../../api/index.js'
import { type Difference, isAsAsked, refuseDifferences } from '../base/difference.js'

/** Refuses a volume that was there with another configuration: the Engine gives any volume of that name. */
export function refuseOtherVolume(volume: Volume, asked: Partial<VolumeCreateBody>): void {
  const { Driver: driver = 'local', DriverOpts: driverOpt = {}, Labels: labels = {} } = asked
  const pairs: readonly Difference[] = [
    { option: 'driver', there: volume.Driver, asked: driver },
    { option: 'driverOpt', there: volume.Options ?? {}, asked: driverOpt },
    { option: 'labels', there: volume.Labels ?? {}, asked: labels },
  ]
  const differences = pairs.filter(({ option, there, asked: own }) => {
    // A volume with options that nobody asked for is another one, such as one in memory.
    const isMore = option === 'driverOpt' && !isAsAsked(there, own)
    return isMore || !isAsAsked(own, there)
  })
  refuseDifferences(`the volume '${volume.Name}'`, '/volumes/create', differences)
}
