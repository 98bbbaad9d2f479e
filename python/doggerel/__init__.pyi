from . import callbacks as callbacks
from . import ray as ray
from . import reward as reward
from . import trackers as trackers
from ._api import compare as compare
from ._api import gate as gate
from ._api import measure as measure
from ._api import read as read
from ._api import read_batch as read_batch
from ._api import rhyme as rhyme
from ._api import rhymes as rhymes
from ._api import say as say
from ._api import scan as scan
from ._api import track as track
from ._documents import Comparison as Comparison
from ._documents import Document as Document
from ._documents import Gate as Gate
from ._documents import Number as Number
from ._documents import Record as Record
from ._documents import SetComparison as SetComparison
from ._documents import Track as Track
from ._native import Portrait as Portrait
from ._native import Readings as Readings
from .monitor import Monitor as Monitor

__version__: str
