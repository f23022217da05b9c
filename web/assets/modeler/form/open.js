export async function open() { throw new Error('还没有'); }
