import type { CallSettings, GrpcClient } from './grpc/client.js'
import {
  BuildHistoryEvent,
  type BuildHistoryRecord,
  BuildHistoryRequest,
  DiskUsageRequest,
  DiskUsageResponse,
  Empty,
  ListWorkersRequest,
  ListWorkersResponse,
  PruneRequest,
  SolveRequest,
  SolveResponse,
  StatusRequest,
  StatusResponse,
  UpdateBuildHistoryRequest,
  UsageRecord,
  type WorkerRecord,
} from './protobuf/control.js'
import { decode, encode } from './protobuf/message.js'
import { ReadRequest, ReadResponse } from './protobuf/session.js'
import { readStatus, type SolveStatus } from './status.js'

const SERVICE = 'moby.buildkit.v1.Control'

/** The calls of BuildKit. */
export class Control {
  readonly client: GrpcClient

  constructor(client: GrpcClient) {
    this.client = client
  }

  /** Runs a build to its end. Giving the call up stops the build. */
  async solve(
    request: Partial<SolveRequest>,
    settings?: CallSettings,
  ): Promise<Readonly<Record<string, string>>> {
    const answer = await this.client.unary(`${SERVICE}/Solve`, encode(SolveRequest, request), settings)
    return decode(SolveResponse, answer).exporterResponse
  }

  /** What happens in a build, also of one that has ended where the Engine keeps a history. */
  async *status(ref: string, settings?: CallSettings): AsyncGenerator<SolveStatus, void, undefined> {
    const messages = this.client.stream(`${SERVICE}/Status`, encode(StatusRequest, { ref }), settings)
    for await (const message of messages) yield readStatus(decode(StatusResponse, message))
  }

  async listWorkers(settings?: CallSettings): Promise<readonly WorkerRecord[]> {
    const answer = await this.client.unary(`${SERVICE}/ListWorkers`, encode(ListWorkersRequest, {}), settings)
    return decode(ListWorkersResponse, answer).record
  }

  async diskUsage(filter: readonly string[], settings?: CallSettings): Promise<readonly UsageRecord[]> {
    const request = encode(DiskUsageRequest, { filter })
    return decode(DiskUsageResponse, await this.client.unary(`${SERVICE}/DiskUsage`, request, settings))
      .record
  }

  async *prune(
    request: Partial<PruneRequest>,
    settings?: CallSettings,
  ): AsyncGenerator<UsageRecord, void, undefined> {
    const messages = this.client.stream(`${SERVICE}/Prune`, encode(PruneRequest, request), settings)
    for await (const message of messages) yield decode(UsageRecord, message)
  }

  /** The builds that the Engine remembers, of which one that is named. */
  async *history(
    request: { readonly ref?: string },
    settings?: CallSettings,
  ): AsyncGenerator<BuildHistoryRecord, void, undefined> {
    const body = encode(BuildHistoryRequest, { ...request, earlyExit: true })
    const messages = this.client.stream(`${SERVICE}/ListenBuildHistory`, body, settings)
    for await (const message of messages) {
      const { record } = decode(BuildHistoryEvent, message)
      if (record !== undefined) yield record
    }
  }

  async removeHistory(ref: string, settings?: CallSettings): Promise<void> {
    const request = encode(UpdateBuildHistoryRequest, { ref, delete: true })
    decode(Empty, await this.client.unary(`${SERVICE}/UpdateBuildHistory`, request, settings))
  }

  /** A blob of the history, whole. */
  async readBlob(digest: string, settings?: CallSettings): Promise<Buffer> {
    const request = encode(ReadRequest, { digest })
    const pieces: Uint8Array[] = []
    const messages = this.client.stream('containerd.services.content.v1.Content/Read', request, settings)
    for await (const message of messages) pieces.push(decode(ReadResponse, message).data)
    return Buffer.concat(pieces)
  }
}
