export function linksIn(markdown: string): readonly string[];
