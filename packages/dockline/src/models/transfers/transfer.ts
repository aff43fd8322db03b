import { InvalidArgumentError, StreamError } from '../../errors.js'
import { type Progress, type ProgressMessage, ProgressTracker } from './progress.js'

/** How something is moved. */
export interface TransferPlan<
  Result,
  Message extends ProgressMessage,
  Report extends Progress<Message> = Progress<Message>,
> {
  /** Sends the request and gives the messages of its answer. */
  readonly messages: () => AsyncGenerator<Message, void, undefined>
  /** What came of it, when all messages have been read. */
  readonly finish: () => Result | Promise<Result>
  /** Sees each message that is no error, before anybody else. */
  readonly observe?: (message: Message) => void
  /** What an error among the messages becomes, or a promise of it. */
  readonly failure?: (explanation: string, message: Message) => unknown
  /** Adds to what is reported with each message. Default: nothing. */
  readonly report?: (progress: Progress<Message>) => Report
}

/**
 * A transfer of data: `await` gives its result, and `progress()` yields the Engine's messages. An error inside the stream
 * rejects both. A transfer sends nothing before one of the two is used.
 */
export class Transfer<
  Result,
  Message extends ProgressMessage,
  Report extends Progress<Message> = Progress<Message>,
> implements Promise<Result>
{
  readonly #plan: TransferPlan<Result, Message, Report>
  #result: Promise<Result> | undefined
  #moved: Promise<void> | undefined

  constructor(plan: TransferPlan<Result, Message, Report>) {
    this.#plan = plan
  }

  /**
   * Reports each message once, with the progress of the whole transfer. Leaving the loop ends the transfer;
   * after the loop, `await` has its result.
   */
  progress(): AsyncGenerator<Report, void, undefined> {
    if (this.#moved !== undefined) throw readTwice()
    return this.#watch()
  }

  /** Begins when the first message is asked for: a loop that is never entered must not keep others waiting. */
  async *#watch(): AsyncGenerator<Report, void, undefined> {
    if (this.#moved !== undefined) throw readTwice()
    let settle: (error?: unknown) => void = () => {}
    this.#moved = new Promise((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error))
    })
    this.#moved.catch(() => {})
    let outcome: unknown = new StreamError('the transfer was left before its end')
    try {
      yield* this.#read()
      outcome = undefined
    } catch (error) {
      outcome = error
      throw error
    } finally {
      settle(outcome)
    }
  }

  async *#read(): AsyncGenerator<Report, void, undefined> {
    // Without more to report, a report is what progress is.
    const { messages, observe, failure, report = (progress) => progress as Report } = this.#plan
    const tracker = new ProgressTracker()
    for await (const message of messages()) {
      const explanation = explanationIn(message)
      if (explanation !== undefined)
        throw (await failure?.(explanation, message)) ?? new StreamError(explanation)
      observe?.(message)
      yield report(tracker.add(message))
    }
  }

  readonly [Symbol.toStringTag] = 'Transfer'

  // biome-ignore lint/suspicious/noThenProperty: awaiting is what it is for
  then<A = Result, B = never>(
    onFulfilled?: ((value: Result) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#result ??= this.#drain()
    return this.#result.then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Result> {
    return this.then().finally(onFinally)
  }

  async #drain(): Promise<Result> {
    if (this.#moved === undefined) for await (const _progress of this.progress());
    await this.#moved
    return this.#plan.finish()
  }
}

/** Makes a transfer. When its arguments are wrong, it rejects with that error where others begin, and sends nothing. */
export function orRejecting<
  Result,
  Message extends ProgressMessage,
  Report extends Progress<Message> = Progress<Message>,
>(make: () => Transfer<Result, Message, Report>): Transfer<Result, Message, Report> {
  try {
    return make()
  } catch (error) {
    return new Transfer<Result, Message, Report>({
      // biome-ignore lint/correctness/useYield: it has no messages
      messages: async function* () {
        throw error
      },
      finish: () => Promise.reject(error),
    })
  }
}

/** Returns the words of an error in a message. A detail without words is an error too; empty words count as missing. */
function explanationIn({ errorDetail, error }: ProgressMessage): string | undefined {
  const words = errorDetail?.message || error || undefined
  return words ?? (errorDetail === undefined ? undefined : 'an error without words')
}

function readTwice(): InvalidArgumentError {
  return new InvalidArgumentError('the progress of a transfer can be read once')
}
