export const command = { name: 'run', run: async () => 0 }
