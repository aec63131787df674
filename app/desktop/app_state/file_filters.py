"""Which files the file dialogs offer."""

from app.painting.io.journal import SUFFIX as JOURNAL_SUFFIX
from app.painting.io.openraster_writer import SUFFIX as LAYERS_SUFFIX

READABLE = "Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.ppm *.avif);;All files (*)"
DRAWINGS = f"Drawings (*{JOURNAL_SUFFIX} *{LAYERS_SUFFIX});;All files (*)"
