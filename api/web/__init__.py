"""The pages: plain HTML documents first, improved by ES modules that are served as they are.

Owns the look and the words' places, not the words (`api/catalogue/pages.toml`) and no rule about who may see what
(`api/public`). Browser libraries are locked in `package-lock.json`, installed by `npm ci --prefix api/web
--ignore-scripts` and never committed. Read `pages.py` first, then `static/map.js`.
"""
