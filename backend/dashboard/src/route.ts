// Addresses inside the page: #/view/id/part. The server sees none of them.

export interface Route { view: string; id: string | null; part: string | null }

export function parse(hash: string): Route {
  const [view, id, part] = hash.replace(/^#\/?/, '').split('/').map(item => {
    try {
      return decodeURIComponent(item);
    } catch {
      return item;
    }
  });
  return { view: view || 'live', id: id || null, part: part || null };
}

export function href(view: string, id?: string | null, part?: string | null): string {
  return `#/${[view, id, part].filter(item => item !== null && item !== undefined && item !== '').map(item => encodeURIComponent(item as string)).join('/')}`;
}
