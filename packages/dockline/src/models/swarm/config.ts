import type { Config as ConfigAttrs } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { readCall } from '../base/call.js'
import { changeLatest, SwarmObject } from './object.js'
import { type LabelsOptions, labelsOptions } from './secret.js'

/** A file that services get from the swarm. */
export class Config extends SwarmObject<ConfigAttrs> {
  get name(): string {
    return this.attrs.Spec?.Name ?? ''
  }

  get labels(): Readonly<Record<string, string>> {
    return this.attrs.Spec?.Labels ?? {}
  }

  /** What it holds; undefined after `create`, until `reload()`. */
  get data(): Buffer | undefined {
    const data = this.attrs.Spec?.Data
    return data === undefined ? undefined : Buffer.from(data, 'base64')
  }

  /** Returns fresh details. `GET /configs/{id}` */
  async inspect(options: CallOptions = {}): Promise<ConfigAttrs> {
    return this.api.configs.inspect(this.id, readCall(options))
  }

  /** Changes the labels. The data never change: make another config. `POST /configs/{id}/update` */
  async update(options: LabelsOptions): Promise<void> {
    const [labels, call] = labelsOptions.read(options)
    await changeLatest(
      () => this.inspect(call),
      ({ Spec }, version) => this.api.configs.update(this.id, { version }, { ...Spec, ...labels }, call),
    )
  }

  /** Removes the config. `DELETE /configs/{id}`. Rejects with ApiError while a service uses it. */
  async remove(options: CallOptions = {}): Promise<void> {
    await this.api.configs.delete(this.id, readCall(options))
  }
}
