import type { Secret as SecretAttrs } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { type StringMap, stringMap } from '../options/index.js'
import { needed } from '../options/table.js'
import { changeLatest, SwarmObject } from './object.js'

export interface LabelsOptions extends CallOptions {
  /** All of them: those that are not given are taken away. */
  readonly labels: StringMap
}

/** A secret, which only the containers of services can read. The Engine never answers its content. */
export const labelsOptions = callTable<LabelsOptions, { Labels: Record<string, string> }>({
  labels: ['Labels', needed(stringMap)],
})

export class Secret extends SwarmObject<SecretAttrs> {
  get name(): string {
    return this.attrs.Spec?.Name ?? ''
  }

  get labels(): Readonly<Record<string, string>> {
    return this.attrs.Spec?.Labels ?? {}
  }

  /** Returns fresh details. `GET /secrets/{id}` */
  async inspect(options: CallOptions = {}): Promise<SecretAttrs> {
    return this.api.secrets.inspect(this.id, readCall(options))
  }

  /** Changes the labels. The data never change: make another secret. `POST /secrets/{id}/update` */
  async update(options: LabelsOptions): Promise<void> {
    const [labels, call] = labelsOptions.read(options)
    await changeLatest(
      () => this.inspect(call),
      ({ Spec }, version) => this.api.secrets.update(this.id, { version }, { ...Spec, ...labels }, call),
    )
  }

  /** Removes the secret. `DELETE /secrets/{id}`. Rejects with ApiError while a service uses it. */
  async remove(options: CallOptions = {}): Promise<void> {
    await this.api.secrets.delete(this.id, readCall(options))
  }
}
