import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Node, ServiceSpec, Task, TaskState } from '#src/doors/api.js'
import { countTasks, problemsOf } from '#src/models/swarm/convergence.js'

type Row = readonly [
  slot: number | undefined,
  node: string,
  desired: TaskState,
  state: TaskState,
  iteration?: number,
]

const NODES: readonly Node[] = [
  { ID: 'a', Status: { State: 'ready' } },
  { ID: 'b', Status: { State: 'ready' } },
  { ID: 'dead', Status: { State: 'down' } },
]

function count(mode: ServiceSpec['Mode'], rows: readonly Row[], iteration?: number) {
  const tasks = rows.map(
    ([Slot, NodeID, DesiredState, State, index]): Task => ({
      ...(Slot !== undefined && { Slot }),
      NodeID,
      DesiredState,
      Status: { State },
      ...(index !== undefined && { JobIteration: { Index: index } }),
    }),
  )
  const job = iteration !== undefined && { JobStatus: { JobIteration: { Index: iteration } } }
  const { running, desired } = countTasks({ Spec: { Mode: mode }, ...job }, tasks, NODES)
  return [running, desired]
}

describe('what counts as running', () => {
  const two = { Replicated: { Replicas: 2 } }
  const rows: readonly (readonly [
    string,
    ServiceSpec['Mode'],
    readonly Row[],
    readonly [number, number | undefined],
  ])[] = [
    ['nothing yet', two, [], [0, 2]],
    [
      'one task of each slot',
      two,
      [
        [1, 'a', 'running', 'running'],
        [2, 'b', 'running', 'running'],
      ],
      [2, 2],
    ],
    ['a service that has no mode in its spec', undefined, [[1, 'a', 'running', 'running']], [1, 1]],
    ['no replicas at all', { Replicated: { Replicas: 0 } }, [], [0, 0]],
    [
      'the new task of a slot before the old one',
      two,
      [
        [1, 'a', 'shutdown', 'running'],
        [1, 'b', 'ready', 'ready'],
      ],
      [0, 2],
    ],
    [
      'the same, in the other order',
      two,
      [
        [1, 'b', 'ready', 'ready'],
        [1, 'a', 'shutdown', 'running'],
      ],
      [0, 2],
    ],
    [
      'of two that should run, the one behind',
      two,
      [
        [1, 'a', 'running', 'running'],
        [1, 'b', 'running', 'starting'],
      ],
      [0, 2],
    ],
    ['no task that should shut down', two, [[1, 'a', 'shutdown', 'running']], [0, 2]],
    [
      'no task on a node that is down',
      two,
      [
        [1, 'dead', 'running', 'running'],
        [2, 'a', 'running', 'running'],
      ],
      [1, 2],
    ],
    [
      'the task that replaces one on a node that is down',
      two,
      [
        [1, 'dead', 'running', 'running'],
        [1, 'a', 'running', 'running'],
      ],
      [1, 2],
    ],
    [
      'no task that is to be removed',
      two,
      [
        [1, 'a', 'remove', 'running'],
        [2, 'a', 'running', 'orphaned'],
      ],
      [0, 2],
    ],
    [
      'a global service, node by node',
      { Global: {} },
      [
        [undefined, 'a', 'running', 'running'],
        [undefined, 'b', 'running', 'starting'],
      ],
      [1, 2],
    ],
    [
      'a global service but for nodes that are down',
      { Global: {} },
      [
        [undefined, 'a', 'running', 'running'],
        [undefined, 'dead', 'running', 'running'],
      ],
      [1, 1],
    ],
    ['a global service that no node has', { Global: {} }, [], [0, undefined]],
  ]
  for (const [name, mode, tasks, expected] of rows) {
    test(name, () => assert.deepEqual(count(mode, tasks), expected))
  }

  test('a job by what has completed of its latest run', () => {
    const job = { ReplicatedJob: { TotalCompletions: 3 } }
    const tasks: Row[] = [
      [1, 'a', 'complete', 'complete', 1],
      [1, 'a', 'complete', 'complete', 2],
      [2, 'b', 'complete', 'running', 2],
    ]
    assert.deepEqual(count(job, tasks, 2), [1, 3])
    assert.deepEqual(count({ ReplicatedJob: {} }, [], 0), [0, 1])
  })

  test('a global job by its nodes', () => {
    const tasks: Row[] = [
      [undefined, 'a', 'complete', 'complete', 0],
      [undefined, 'b', 'complete', 'running', 0],
    ]
    assert.deepEqual(count({ GlobalJob: {} }, tasks), [1, 2])
    assert.deepEqual(count({ GlobalJob: {} }, []), [0, undefined])
  })
})

test('problems are told once, the latest first, and only a few', () => {
  const tasks = ['a', 'b', 'a', '', 'c', 'd'].map((Err, index) => ({
    UpdatedAt: `2026-01-0${index + 1}`,
    Status: { Err },
  }))
  assert.deepEqual(problemsOf(Object.freeze(tasks) as typeof tasks), ['d', 'c', 'a'])
})
