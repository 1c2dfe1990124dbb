/** Only loaded for `-o yaml`. The package itself cannot be: split from the rest, a CommonJS module loses its names. */
export { stringify } from 'yaml';
